namespace Quant.Core.Models;

/// <summary>A decoded box with the index of its class in the model's class list and a score in (0, 1).</summary>
public readonly record struct Detection(int Label, float Score, Box3D Box);
