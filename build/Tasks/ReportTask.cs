using Build.Runners;
using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Writes the reports, whatever the gate said.</summary>
[TaskName(Name)]
[TaskDescription("Writes the reports, whatever the gate said")]
[IsDependentOn(typeof(GateTask))]
public sealed class ReportTask : FrostingTask<BuildContext>
{
    /// <summary>The name that the task is asked for with.</summary>
    public const string Name = "Report";

    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Pipeline.RunTo(Stage.Report);
}
