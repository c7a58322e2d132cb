using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Writes the FP32, FP16 and INT8 Q/DQ graphs.</summary>
[TaskName("ExportOnnx")]
[TaskDescription("Writes the FP32, FP16 and INT8 Q/DQ graphs")]
[IsDependentOn(typeof(CalibrateTask))]
public sealed class ExportOnnxTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Export);
}
