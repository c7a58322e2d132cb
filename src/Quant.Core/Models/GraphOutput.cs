namespace Quant.Core.Models;

/// <summary>A graph's result: the value that holds it and the name it has outside (<c>heatmap</c>, <c>pillar_features</c>).</summary>
public sealed record GraphOutput(string Value, string Name);
