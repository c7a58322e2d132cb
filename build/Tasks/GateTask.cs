using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Judges the results; exit code 1 when a gate does not pass.</summary>
[TaskName("Gate")]
[TaskDescription("Judges the results; exit code 1 when a gate does not pass")]
[IsDependentOn(typeof(EvaluateTask))]
public sealed class GateTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Gate);
}
