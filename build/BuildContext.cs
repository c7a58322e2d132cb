using Build.Runners;
using Cake.Core;
using Cake.Frosting;

namespace Build;

/// <summary>What every task is given: the options and the runners that do the work.</summary>
public sealed class BuildContext : FrostingContext
{
    /// <summary>Reads the options and composes the runners.</summary>
    /// <exception cref="CakeException">The arguments are wrong; exit code 2.</exception>
    public BuildContext(ICakeContext context, ICommandRunner commands)
        : base(context)
    {
        Options = BuildOptions.Read(Arguments);
        var root = Environment.WorkingDirectory.FullPath;
        Solution = new SolutionRunner(this, Options.Configuration);
        Cli = new CliRunner(commands, root, Options.Configuration);
        Pipeline = new PipelineRunner(Cli, Options, Log);
    }

    /// <summary>The build's own arguments.</summary>
    public BuildOptions Options { get; }

    /// <summary>Builds, tests, formats and packs the solution.</summary>
    public SolutionRunner Solution { get; }

    /// <summary>Builds and starts the command line tool.</summary>
    public CliRunner Cli { get; }

    /// <summary>Runs the stages of the deployment pipeline.</summary>
    public PipelineRunner Pipeline { get; }
}
