using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Compares the INT8 graphs with the FP16 ones.</summary>
[TaskName("CompareOnnx")]
[TaskDescription("Compares the INT8 graphs with the FP16 ones")]
[IsDependentOn(typeof(ExportOnnxTask))]
public sealed class CompareOnnxTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Compare);
}
