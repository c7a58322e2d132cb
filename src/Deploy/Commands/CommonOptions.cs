using System.CommandLine;
using Deploy.Output;

namespace Deploy.Commands;

/// <summary>The options of every verb.</summary>
internal sealed class CommonOptions
{
    public Option<string> Config { get; } = new("--config", "-c") { Description = "Config file (YAML).", DefaultValueFactory = _ => "deploy_configs/centerpoint_sim_int8.yaml" };

    public Option<string?> WorkDir { get; } = new("--work-dir") { Description = "Folder of results; overrides work_dir of the config." };

    public Option<string?> Device { get; } = new("--device") { Description = "auto, cpu, cuda or cuda:N; overrides device of the config." };

    public Option<string[]> Set { get; } = new("--set") { Description = "key=value on top of the config; repeatable.", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };

    public Option<bool> Json { get; } = new("--json") { Description = "Print the result record on stdout." };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Only warnings and errors." };

    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "Everything." };

    /// <summary>For the MSBuild tasks: the common options as a file.</summary>
    public Option<string?> Request { get; } = new("--request") { Description = "Common options as JSON (WorkerRequest).", Hidden = true };

    /// <summary>For the MSBuild tasks: where to say how the verb ended.</summary>
    public Option<string?> Result { get; } = new("--result") { Description = "JSON file that receives exit code, diagnostics and files (WorkerResult).", Hidden = true };

    /// <summary>Adds them to the root, so that they may stand after any verb.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (var option in new Option[] { Config, WorkDir, Device, Set, Json, Quiet, Verbose, Request, Result })
        {
            option.Recursive = true;
            root.Options.Add(option);
        }
    }

    public Verbosity Verbosity(ParseResult parse) =>
        parse.GetValue(Quiet) ? Output.Verbosity.Quiet : parse.GetValue(Verbose) ? Output.Verbosity.Verbose : Output.Verbosity.Normal;

    /// <summary>--set, --work-dir and --device as overrides of the config.</summary>
    public IReadOnlyList<string> Overrides(ParseResult parse)
    {
        var overrides = parse.GetValue(Set)!.ToList();
        if (parse.GetValue(WorkDir) is { } folder)
        {
            overrides.Add(CommandHost.PathOverride("work_dir", folder));
        }

        if (parse.GetValue(Device) is { } device)
        {
            overrides.Add($"device={device}");
        }

        return overrides;
    }
}
