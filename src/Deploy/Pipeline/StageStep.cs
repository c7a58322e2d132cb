namespace Deploy.Pipeline;

/// <summary>One stage as the runner sees it.</summary>
/// <param name="Stage">Which.</param>
/// <param name="After">Stages whose results it reads; a change in one makes it stale.</param>
/// <param name="Settings">The config sections and input digests that its result depends on.</param>
/// <param name="Run">Does the work and returns the files and folders it wrote.</param>
internal sealed record StageStep(Stage Stage, IReadOnlyList<Stage> After, Func<PipelineContext, object?> Settings, Func<PipelineContext, IReadOnlyList<string>> Run)
{
    /// <summary>Why the stage has nothing to do with this config, or null.</summary>
    public Func<PipelineContext, string?> SkipReason { get; init; } = _ => null;

    /// <summary>True for a stage that costs nothing and decides how the run ends: it runs although it is up to date.</summary>
    public bool RunsAlways { get; init; }
}
