namespace Deploy.Pipeline;

/// <summary>What a finished stage was made from and what it left (stages/&lt;stage&gt;.json).</summary>
/// <param name="Fingerprint">Digest over inputs, settings, tool versions and the stages before.</param>
/// <param name="Outputs">Files it wrote, relative to the work directory, with their digests.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Warnings">Diagnostics to show again when the stage is skipped as fresh.</param>
public sealed record StageRecord(string Fingerprint, IReadOnlyDictionary<string, string> Outputs, double Seconds, IReadOnlyList<string> Warnings)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;
}
