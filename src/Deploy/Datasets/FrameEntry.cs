namespace Deploy.Datasets;

/// <summary>A frame before its points are read.</summary>
/// <param name="Token">As <see cref="Frame.Token"/>.</param>
/// <param name="File">Full path of the key frame's points.</param>
/// <param name="Sweeps">Past sweeps, nearest first, at most as many as asked for.</param>
/// <param name="Pad">True when a frame without sweeps may repeat its key frame.</param>
/// <param name="Objects">Null without labels.</param>
/// <param name="Pose">From the points into the world, when known.</param>
internal sealed record FrameEntry(
    string Token, string File, IReadOnlyList<SweepEntry> Sweeps, bool Pad, IReadOnlyList<GroundTruth>? Objects, RigidTransform? Pose);
