using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Builds every project.</summary>
[TaskName("Build")]
[TaskDescription("Builds every project")]
public sealed class BuildTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Solution.Build();
}
