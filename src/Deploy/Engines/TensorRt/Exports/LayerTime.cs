namespace Deploy.Engines.TensorRt.Exports;

/// <summary>One layer of a profile.</summary>
/// <param name="Name">As in the layer information.</param>
/// <param name="AverageMs">Per query.</param>
/// <param name="MedianMs">Per query; versions before 8.4 do not tell.</param>
/// <param name="TotalMs">Over all queries.</param>
public sealed record LayerTime(string Name, double AverageMs, double? MedianMs, double TotalMs);
