using Quant.Core.Models;

namespace Deploy.Datasets;

/// <summary>One sample, loaded: points of key frame and sweeps, and its objects.</summary>
/// <param name="Token">The data set's own identifier of the sample (the file name for plain folders).</param>
/// <param name="File">The key frame's point file.</param>
/// <param name="Points">Columns as the config's <c>use_dim</c>.</param>
/// <param name="Objects">Null when the data set has no labels.</param>
/// <param name="DroppedPoints">Points with NaN or infinity that were left out.</param>
public sealed record Frame(string Token, string File, PointCloud Points, IReadOnlyList<GroundTruth>? Objects, int DroppedPoints);
