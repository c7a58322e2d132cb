using Build.Tasks;
using Cake.Common.Diagnostics;
using Cake.Core;
using Cake.Frosting;

namespace Build;

/// <summary>Says what will run, and tells the pipeline whether its report follows.</summary>
public sealed class BuildSetup : FrostingSetup<BuildContext>
{
    /// <inheritdoc/>
    public override void Setup(BuildContext context, ISetupContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(info);
        context.Information("{0} with {1}", info.TargetTask.Name, context.Options.Config);
        context.Pipeline.ReportFollows = info.TasksToExecute.Any(task => task.Name == ReportTask.Name);
    }
}
