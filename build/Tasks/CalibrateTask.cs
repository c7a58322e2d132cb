using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Equalizes channels, finds the ranges on calibration frames and corrects biases.</summary>
[TaskName("Calibrate")]
[TaskDescription("Equalizes channels, finds the ranges on calibration frames and corrects biases")]
[IsDependentOn(typeof(InsertQdqTask))]
public sealed class CalibrateTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Correct);
}
