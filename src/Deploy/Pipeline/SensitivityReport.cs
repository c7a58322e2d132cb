using Deploy.Sensitivity;

namespace Deploy.Pipeline;

/// <summary>What a scan left (sensitivity.json).</summary>
/// <param name="Frames">Calibration frames.</param>
/// <param name="WorkShare">Multiplications done, over those of a full pass for each layer and view.</param>
/// <param name="Layers">Most sensitive first.</param>
internal sealed record SensitivityReport(int Frames, double WorkShare, IReadOnlyList<SensitivityRow> Layers)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;
}
