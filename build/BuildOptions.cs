using Cake.Core;

namespace Build;

/// <summary>The build's own arguments, read once.</summary>
/// <param name="Config">The deployment config, relative to the repository root.</param>
/// <param name="Overrides">Config values set on the command line as <c>key=value</c>; a later one wins.</param>
/// <param name="WorkDirectory">The work directory, or null for the config's own.</param>
/// <param name="Device">The device, or null for the config's own.</param>
/// <param name="Configuration">The configuration that projects are built in.</param>
public sealed record BuildOptions(
    string Config,
    IReadOnlyList<string> Overrides,
    string? WorkDirectory,
    string? Device,
    string Configuration)
{
    private const string DefaultConfig = "deploy_configs/centerpoint_sim_int8.yaml";

    /// <summary>The names that may be given, without their dashes, and Cake's own.</summary>
    private static readonly string[] Known =
    [
        "config", "set", "work-dir", "device", "configuration",
        "target", "exclusive", "tree", "description", "dryrun", "verbosity", "version", "info",
    ];

    /// <summary>Reads the options; unknown names are all refused at once, so that a misspelt one never runs the default.</summary>
    /// <exception cref="CakeException">An argument is unknown, empty, or given twice where one value fits; exit code 2.</exception>
    public static BuildOptions Read(ICakeArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var given = arguments.GetArguments();
        var problems = given.Keys
            .Where(name => !Known.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Select(name => $"unknown argument '--{name}'; the build takes --{string.Join(", --", Known)}")
            .ToList();

        var options = new BuildOptions(
            Single("config") ?? DefaultConfig,
            [.. arguments.GetArguments("set")],
            Single("work-dir"),
            Single("device"),
            Single("configuration") ?? "Release");

        problems.AddRange(options.Overrides
            .Where(pair => pair.IndexOf('=', StringComparison.Ordinal) < 1)
            .Select(pair => $"'--set={pair}' is no key=value, for example --set=quantization.calibration.amax_method=entropy"));
        return problems is [] ? options : throw new CakeException(ExitCodes.BadInput, string.Join(Environment.NewLine, problems));

        string? Single(string name)
        {
            switch (arguments.GetArguments(name).ToList())
            {
                case []:
                    return null;
                case [var value] when !string.IsNullOrWhiteSpace(value):
                    return value;
                case [_]:
                    problems.Add($"'--{name}' has no value; write --{name}=VALUE");
                    return null;
                case var values:
                    problems.Add($"'--{name}' is given {values.Count} times; give it once");
                    return null;
            }
        }
    }
}
