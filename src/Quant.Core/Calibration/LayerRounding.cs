namespace Quant.Core.Calibration;

/// <summary>What learned rounding did to a layer (an entry of rounding.json).</summary>
/// <param name="Name">The layer.</param>
/// <param name="Nearest">Error of its output by nearest rounding, relative to the output's power.</param>
/// <param name="Chosen">The same with the rounding chosen; never larger.</param>
/// <param name="Changed">Share of the weights that are not rounded to the nearest level, in [0, 1].</param>
public sealed record LayerRounding(string Name, double Nearest, double Chosen, double Changed);
