namespace Deploy.Commands;

/// <summary>How a verb ended, for the MSBuild tasks (<c>--result</c>); paths are absolute.</summary>
/// <param name="ExitCode">As the process ends.</param>
/// <param name="Tool">This program with commit.</param>
/// <param name="WorkDir">Where the results are, or null when the config could not be read.</param>
/// <param name="Inputs">Files that the result depends on: config and bases, checkpoint, tables and frames.</param>
/// <param name="Outputs">Files that the finished stages left.</param>
/// <param name="Diagnostics">Every warning and error, in order.</param>
internal sealed record WorkerResult(
    int ExitCode, string Tool, string? WorkDir, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<WorkerDiagnostic> Diagnostics)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;
}
