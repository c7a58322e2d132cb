using System.CommandLine;
using Deploy.Pipeline;

namespace Deploy.Commands;

/// <summary>All verbs of <c>deploy</c>.</summary>
public static class DeployCommandLine
{
    /// <summary>How long a cancelled step may take to reach its next check; ending the process inside libtorch would crash it.</summary>
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromMinutes(2);

    /// <summary>Runs one command line; text goes to the given writers, so that tests can run it in process.</summary>
    /// <param name="interactive">True when <paramref name="error"/> is a terminal that may be redrawn and coloured.</param>
    /// <param name="answers">Where somebody answers questions; null when nobody is there to be asked.</param>
    /// <returns>The exit code: 2 for words that fit no verb or option.</returns>
    public static async Task<int> RunAsync(string[] arguments, Surroundings surroundings, TextWriter output, TextWriter error, bool interactive, TextReader? answers = null)
    {
        var parse = Create(surroundings, output, error, interactive, answers).Parse(arguments);
        var exit = await parse.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = CancellationGrace }).ConfigureAwait(false);
        return parse.Errors.Count > 0 ? ExitCodes.BadInput : exit;
    }

    /// <summary>Builds the command tree.</summary>
    public static RootCommand Create(Surroundings surroundings, TextWriter output, TextWriter error, bool interactive, TextReader? answers = null)
    {
        var options = new CommonOptions();
        var host = new CommandHost(options, surroundings, output, error, interactive, answers);
        var root = new RootCommand("Takes a pillar CenterPoint checkpoint to a gated INT8 engine.")
        {
            RunCommand.Create(host),
            PtqCommand.Create(host),
            SensitivityCommand.Create(host),
            SearchCommand.Create(host),
            QatCommand.Create(host),
            TrainCommand.Create(host),
            CalibrateCommand.Create(host),
            ExportCommand.Create(host),
            EngineCommand.Create(host),
            BundleCommand.Create(host),
            CompareCommand.Create(host),
            EvaluateCommand.Create(host),
            InferCommand.Create(host),
            DetectionsCommand.Create(host),
            GateCommand.Create(host),
            InspectCommand.Create(host),
            ConfigCommand.Create(host),
            InitCommand.Create(host),
            VerifyCommand.Create(host),
            DoctorCommand.Create(host),
        };
        options.AddTo(root);
        return root;
    }
}
