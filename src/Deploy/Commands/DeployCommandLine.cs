using System.CommandLine;
using Deploy.Pipeline;

namespace Deploy.Commands;

/// <summary>All verbs of <c>deploy</c>.</summary>
public static class DeployCommandLine
{
    /// <summary>Builds the command tree; text goes to the given writers, so that tests can run it in process.</summary>
    public static RootCommand Create(Surroundings surroundings, TextWriter output, TextWriter error, bool interactive)
    {
        var options = new CommonOptions();
        var host = new CommandHost(options, surroundings, output, error, interactive);
        var root = new RootCommand("Takes a pillar CenterPoint checkpoint to a gated INT8 engine.")
        {
            RunCommand.Create(host),
            PtqCommand.Create(host),
            ExportCommand.Create(host),
            CompareCommand.Create(host),
            EvaluateCommand.Create(host),
            InferCommand.Create(host),
            GateCommand.Create(host),
            InspectCommand.Create(host),
            ConfigCommand.Create(host),
        };
        options.AddTo(root);
        return root;
    }
}
