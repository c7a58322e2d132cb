namespace Deploy.Pipeline;

/// <summary>One plan that a search tried.</summary>
/// <param name="Fp16Layers">Layers kept in FP16.</param>
/// <param name="Map">Simulated mAP, 0…1.</param>
/// <param name="Cost">Time estimate in the report's unit.</param>
internal sealed record SearchPoint(IReadOnlyList<string> Fp16Layers, double Map, double Cost);
