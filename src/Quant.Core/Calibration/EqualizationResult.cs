namespace Quant.Core.Calibration;

/// <summary>What channel equalization did (equalization.json).</summary>
/// <param name="Alpha">The exponent used.</param>
/// <param name="Searched">Output error for each exponent tried; empty when α was given.</param>
/// <param name="Layers">In execution order, only layers that were scaled.</param>
public sealed record EqualizationResult(double Alpha, IReadOnlyDictionary<string, double> Searched, IReadOnlyList<ChannelFactors> Layers)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;
}
