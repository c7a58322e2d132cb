using Cake.Core;
using Cake.Core.Diagnostics;

namespace Build.Runners;

/// <summary>
/// Runs the deployment pipeline with <c>deploy run --to STAGE</c>. Each stage is a process of its own: its files are in the work
/// directory, earlier stages are found fresh there and skipped, and Cake's report shows the time of each.
/// </summary>
/// <param name="cli">Starts the tool.</param>
/// <param name="options">The build's arguments, handed on to the tool.</param>
/// <param name="log">Cake's log.</param>
public sealed class PipelineRunner(CliRunner cli, BuildOptions options, ICakeLog log)
{
    private Stage? reached;
    private int verdict;

    /// <summary>Whether the report is written later in this build. A failed gate then ends the build only after it.</summary>
    public bool ReportFollows { get; set; }

    /// <summary>Runs the pipeline to the end of a stage, unless this build has been there.</summary>
    /// <exception cref="CakeException">The tool failed; the exception has its exit code.</exception>
    public void RunTo(Stage stage)
    {
        if (stage <= reached)
        {
            log.Information("The pipeline has run to this stage already.");
            return;
        }

        var exitCode = Run(stage, options.Overrides);
        if (stage == Stage.Gate && ReportFollows && exitCode == ExitCodes.Failed)
        {
            log.Warning("The gate did not pass; the report is written before the build ends with exit code {0}.", exitCode);
            verdict = exitCode;
            exitCode = 0;
        }

        Check(exitCode == 0 && stage == Stage.Report ? verdict : exitCode, stage);
        reached = stage;
    }

    /// <summary>Builds the FP16 engine that INT8 is compared with, and no INT8 one.</summary>
    /// <exception cref="CakeException">The tool failed; the exception has its exit code.</exception>
    public void BuildFp16Engine() => Check(Run(Stage.Engine, [.. options.Overrides, "quantization.enabled=false"]), Stage.Engine);

    private int Run(Stage stage, IEnumerable<string> overrides)
    {
        List<string> arguments = ["run", "--config", options.Config, "--to", NameOf(stage)];
        Add("--work-dir", options.WorkDirectory);
        Add("--device", options.Device);
        foreach (var pair in overrides)
        {
            Add("--set", pair);
        }

        return cli.Run(arguments);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                arguments.AddRange([name, value]);
            }
        }
    }

    private static void Check(int exitCode, Stage stage)
    {
        if (exitCode != 0)
        {
            throw new CakeException(exitCode, $"deploy run --to {NameOf(stage)} ended with exit code {exitCode}: {ExitCodes.Meaning(exitCode)}.");
        }
    }

    private static string NameOf(Stage stage) => stage.ToString().ToLowerInvariant();
}
