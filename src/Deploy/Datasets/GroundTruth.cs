using Quant.Core.Models;

namespace Deploy.Datasets;

/// <summary>A labelled object of a frame, after class mapping.</summary>
/// <param name="Label">Index in the model's class list.</param>
/// <param name="Box">In the frame of the points.</param>
/// <param name="PointCount">Sensor points inside, as the data set states them; −1 when it does not.</param>
/// <param name="Attributes">Attribute names, such as <c>vehicle.parked</c>.</param>
public sealed record GroundTruth(int Label, Box3D Box, int PointCount, IReadOnlyList<string> Attributes);
