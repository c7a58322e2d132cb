using Quant.Core.Models;

namespace Deploy.Datasets.Labels;

/// <summary>A labelled object before class mapping, its box in the frame of the points.</summary>
internal sealed record RawObject(string Category, Box3D Box, int PointCount, IReadOnlyList<string> Attributes);
