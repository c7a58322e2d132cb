using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Reads and checks the checkpoint.</summary>
[TaskName("LoadCheckpoint")]
[TaskDescription("Reads and checks the checkpoint")]
[IsDependentOn(typeof(BuildCliTask))]
public sealed class LoadCheckpointTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Load);
}
