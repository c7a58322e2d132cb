using Quant.Core.Diagnostics;

namespace Quant.Core.Calibration;

/// <summary>What bias correction did (bias_correction.json).</summary>
/// <param name="Layers">In execution order, only layers whose output error was not zero.</param>
/// <param name="Frames">Frames used.</param>
/// <param name="Warnings">What a user should know; not part of the file.</param>
public sealed record BiasCorrectionResult(IReadOnlyList<LayerCorrection> Layers, int Frames, [property: System.Text.Json.Serialization.JsonIgnore] IReadOnlyList<Diagnostic> Warnings)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;
}
