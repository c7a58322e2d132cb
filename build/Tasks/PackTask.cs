using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Packs the library, the tool and the MSBuild tasks into artifacts/packages.</summary>
[TaskName("Pack")]
[TaskDescription("Packs the library, the tool and the MSBuild tasks into artifacts/packages")]
public sealed class PackTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Solution.Pack();
}
