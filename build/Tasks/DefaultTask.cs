using Cake.Frosting;

namespace Build.Tasks;

/// <summary>What runs when no target is named.</summary>
[TaskName("Default")]
[TaskDescription("What runs when no target is named: Int8Engine")]
[IsDependentOn(typeof(Int8EngineTask))]
public sealed class DefaultTask : FrostingTask<BuildContext>;
