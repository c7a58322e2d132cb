using Quant.Core.Models;

namespace Deploy.Tests.Datasets;

/// <summary>An object as a table shall state it.</summary>
internal sealed record TableObject(string Category, Box3D Box, int PointCount, string[] Attributes);
