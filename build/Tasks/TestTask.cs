using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Runs every test.</summary>
[TaskName("Test")]
[TaskDescription("Runs every test")]
public sealed class TestTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Solution.Test();
}
