using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Builds the command line tool that the stages run in.</summary>
[TaskName("BuildCli")]
[TaskDescription("Builds the command line tool that the stages run in")]
public sealed class BuildCliTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Cli.Build();
}
