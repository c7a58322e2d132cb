using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Deploy.Configuration.Binding;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Configuration;

/// <summary>A whole deployment: one checkpoint, its model, its data and what is asked of the result.</summary>
public sealed record DeployConfig
{
    /// <summary>Name in reports and folders; the config's file name when not given.</summary>
    [Description("Name in reports and folders; the config's file name when not given.")]
    [RegularExpression(@"^[A-Za-z0-9_][A-Za-z0-9_.+-]*$", ErrorMessage = "letters, digits, '_', '-', '+' and '.'")]
    public string Name { get; init; } = "";

    /// <summary>PyTorch checkpoint (.pth).</summary>
    [Description("PyTorch checkpoint (.pth).")]
    [ConfigPath]
    public required string CheckpointPath { get; init; }

    /// <summary>Folder of all results; work_dirs/&lt;name&gt; in the current folder when not given.</summary>
    [Description("Folder of all results; work_dirs/<name> in the current folder when not given.")]
    [ConfigPath]
    public string WorkDir { get; init; } = "";

    /// <summary>auto takes CUDA when the loaded libraries have it; with cuda:all every visible GPU calibrates (two_pass or max) and scans layers (deploy sensitivity), and the first does the rest.</summary>
    [Description("auto takes CUDA when the loaded libraries have it; with cuda:all every visible GPU calibrates (two_pass or max) and scans layers (deploy sensitivity), and the first does the rest.")]
    [RegularExpression(@"^(auto|cpu|cuda|cuda:all|cuda:[0-9]{1,3})$", ErrorMessage = "auto, cpu, cuda, cuda:N or cuda:all")]
    public string Device { get; init; } = "auto";

    /// <summary>Seed of everything random.</summary>
    [Description("Seed of everything random.")]
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 0;

    /// <summary>True: two threads per operator on every machine, so that the number of cores changes no bit of a result. False: as many as there are processors.</summary>
    [Description("True: two threads per operator on every machine, so that the number of cores changes no bit of a result. False: as many as there are processors.")]
    public bool Deterministic { get; init; } = true;

    /// <summary>Every dimension of the detector.</summary>
    [Description("Every dimension of the detector.")]
    public required ModelConfig Model { get; init; }

    /// <summary>Where frames lie and what their points hold.</summary>
    [Description("Where frames lie and what their points hold.")]
    public DatasetConfig Dataset { get; init; } = new();

    /// <summary>What is quantized, and how its ranges are found.</summary>
    [Description("What is quantized, and how its ranges are found.")]
    public QuantizationConfig Quantization { get; init; } = new();

    /// <summary>How training sees its data.</summary>
    [Description("How training sees its data.")]
    public TrainConfig TrainCfg { get; init; } = new();

    /// <summary>Form of the exported graphs.</summary>
    [Description("Form of the exported graphs.")]
    public OnnxConfig OnnxConfig { get; init; } = new();

    /// <summary>The exported files.</summary>
    [Description("The exported files.")]
    public ComponentsConfig Components { get; init; } = new();

    /// <summary>What builds and runs engines.</summary>
    [Description("What builds and runs engines.")]
    public BackendConfig BackendConfig { get; init; } = new();

    /// <summary>How far INT8 outputs may lie from FP16's.</summary>
    [Description("How far INT8 outputs may lie from FP16's.")]
    public VerificationConfig Verification { get; init; } = new();

    /// <summary>How accuracy is measured.</summary>
    [Description("How accuracy is measured.")]
    public EvaluationConfig Evaluation { get; init; } = new();

    /// <summary>How latency is measured.</summary>
    [Description("How latency is measured.")]
    public LatencyConfig Latency { get; init; } = new();

    /// <summary>Limits that decide the exit code.</summary>
    [Description("Limits that decide the exit code.")]
    public GatesConfig Gates { get; init; } = new();
}
