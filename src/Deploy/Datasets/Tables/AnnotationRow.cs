namespace Deploy.Datasets.Tables;

/// <summary>A row of sample_annotation.json. Pose and velocity are in the world, the size is (w, l, h).</summary>
internal sealed record AnnotationRow(
    string Token,
    string SampleToken,
    string Category,
    RigidTransform Pose,
    double[] Size,
    double[]? Velocity,
    string Previous,
    string Next,
    int PointCount,
    IReadOnlyList<string> Attributes);
