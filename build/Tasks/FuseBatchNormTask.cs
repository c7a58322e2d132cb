using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Folds batch normalization into the layers before it.</summary>
[TaskName("FuseBatchNorm")]
[TaskDescription("Folds batch normalization into the layers before it")]
[IsDependentOn(typeof(LoadCheckpointTask))]
public sealed class FuseBatchNormTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Fuse);
}
