using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Builds the engines.</summary>
[TaskName("BuildEngine")]
[TaskDescription("Builds the engines")]
[IsDependentOn(typeof(CompareOnnxTask))]
public sealed class BuildEngineTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Engine);
}
