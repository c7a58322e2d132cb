using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Deletes what builds have left.</summary>
[TaskName("Clean")]
[TaskDescription("Deletes what builds have left")]
public sealed class CleanTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Solution.Clean();
}
