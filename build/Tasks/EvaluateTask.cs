using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Measures mAP, NDS and latency on the validation frames.</summary>
[TaskName("Evaluate")]
[TaskDescription("Measures mAP, NDS and latency on the validation frames")]
[IsDependentOn(typeof(BuildEngineTask))]
public sealed class EvaluateTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Evaluate);
}
