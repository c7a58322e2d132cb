using Deploy.Configuration.Awml;
using Quant.Core.Calibration;

namespace Deploy.Configuration.Binding;

/// <summary>Defaults that depend on other keys.</summary>
internal static class ConfigDefaults
{
    /// <summary>The config with every default filled in.</summary>
    /// <param name="config">Bound and checked.</param>
    /// <param name="root">What was written.</param>
    /// <param name="path">The config file, whose name is the default name.</param>
    public static DeployConfig Complete(DeployConfig config, MapNode root, string path)
    {
        var name = config.Name.Length > 0 ? config.Name : Path.GetFileNameWithoutExtension(path);
        var test = config.Model.TestCfg;
        var tasks = config.Model.PtsBboxHead.Tasks.Count;
        return config with
        {
            Name = name,
            WorkDir = config.WorkDir.Length > 0 ? config.WorkDir : Path.GetFullPath(Path.Combine("work_dirs", name)),
            Model = test.MinRadius.Count == tasks
                ? config.Model
                : config.Model with { TestCfg = test with { MinRadius = [.. Enumerable.Repeat(test.MinRadius[0], tasks)] } },
            Quantization = config.Quantization with { Calibration = Complete(config.Quantization.Calibration) },
            Evaluation = config.Quantization.Enabled || Tree.Find(root, "evaluation.models") is not null
                ? config.Evaluation
                : config.Evaluation with { Models = ["fp32", "fp16"] },
        };
    }

    /// <summary>The two names of one thing agree: entropy is a histogram's range, max is a method.</summary>
    private static CalibrationConfig Complete(CalibrationConfig calibration) => (calibration.Method, calibration.AmaxMethod) switch
    {
        ("entropy", _) => calibration with { AmaxMethod = "entropy" },
        (_, "max") => calibration with { Method = "max", AmaxMethod = new CalibrationConfig().AmaxMethod },
        _ => calibration,
    };
}
