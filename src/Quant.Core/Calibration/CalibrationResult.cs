using Quant.Core.Diagnostics;

namespace Quant.Core.Calibration;

/// <summary>The ranges of all input quantizers in execution order (ranges.json).</summary>
/// <param name="Ranges">One for each quantizer.</param>
/// <param name="Frames">Frames read.</param>
/// <param name="Warnings">What a user should know; not part of the file.</param>
public sealed record CalibrationResult(IReadOnlyList<TensorRange> Ranges, int Frames, [property: System.Text.Json.Serialization.JsonIgnore] IReadOnlyList<Diagnostic> Warnings)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The histograms by quantizer, for pictures; not part of the file.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyDictionary<string, Histogram> Histograms { get; init; } = new Dictionary<string, Histogram>();
}
