using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Builds the FP16 engine and no INT8 one.</summary>
[TaskName("Fp16Engine")]
[TaskDescription("Builds the FP16 engine and no INT8 one")]
[IsDependentOn(typeof(BuildCliTask))]
public sealed class Fp16EngineTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.BuildFp16Engine();
}
