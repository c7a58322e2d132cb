using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>The main job: a checkpoint to a checked INT8 engine.</summary>
[TaskName("Int8Engine")]
[TaskDescription("The main job: a checkpoint to a checked INT8 engine")]
[IsDependentOn(typeof(ReportTask))]
public sealed class Int8EngineTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Report);
}
