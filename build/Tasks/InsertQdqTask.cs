using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Decides which layers are quantized and where Q/DQ pairs go.</summary>
[TaskName("InsertQdq")]
[TaskDescription("Decides which layers are quantized and where Q/DQ pairs go")]
[IsDependentOn(typeof(FuseBatchNormTask))]
public sealed class InsertQdqTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Insert);
}
