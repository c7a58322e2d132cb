using Cake.Frosting;

namespace Build.Tasks;

/// <summary>Checks the format of every source file.</summary>
[TaskName("Format")]
[TaskDescription("Checks the format of every source file")]
public sealed class FormatTask : FrostingTask<BuildContext>
{
    /// <inheritdoc/>
    public override void Run(BuildContext context) => context.Solution.CheckFormat();
}
