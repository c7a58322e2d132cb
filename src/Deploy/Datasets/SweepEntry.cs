namespace Deploy.Datasets;

/// <summary>A past sweep and its way into the key frame: p' = R·p + t.</summary>
/// <param name="File">Full path.</param>
/// <param name="TimeLag">Key frame's time minus the sweep's, in seconds.</param>
/// <param name="Rotation">R, row by row.</param>
/// <param name="Translation">t in metres.</param>
internal sealed record SweepEntry(string File, double TimeLag, double[] Rotation, double[] Translation)
{
    /// <summary>
    /// As <c>LoadPointsFromMultiSweeps</c> of MMDetection3D 1.x (mmdet3d/datasets/transforms/loading.py): the info file states
    /// M = [Rᵀ | −Rᵀ·t] in float32 for the sensor-to-key-frame motion (R, t), and points become p·M[:3, :3] − M[:3, 3], that
    /// is R·p + Rᵀ·t. The shift is turned by R once more than geometry asks for, a few centimetres in a fast turn; models were
    /// trained and are evaluated this way.
    /// </summary>
    public static SweepEntry FromLidar2Sensor(string file, double timeLag, ReadOnlySpan<double> matrix)
    {
        double[] rotation = [matrix[0], matrix[4], matrix[8], matrix[1], matrix[5], matrix[9], matrix[2], matrix[6], matrix[10]];
        return new(file, timeLag, rotation, [-matrix[3], -matrix[7], -matrix[11]]);
    }

    /// <summary>The matrix that MMDetection3D's and AWML's converters write for a motion from the sweep into the key frame.</summary>
    public static SweepEntry FromMotion(string file, double timeLag, in RigidTransform sweepToKey)
    {
        var r = sweepToKey.Matrix();
        var (x, y, z) = (sweepToKey.X, sweepToKey.Y, sweepToKey.Z);
        ReadOnlySpan<double> lidar2Sensor =
        [
            (float)r[0], (float)r[3], (float)r[6], (float)-((r[0] * x) + (r[3] * y) + (r[6] * z)),
            (float)r[1], (float)r[4], (float)r[7], (float)-((r[1] * x) + (r[4] * y) + (r[7] * z)),
            (float)r[2], (float)r[5], (float)r[8], (float)-((r[2] * x) + (r[5] * y) + (r[8] * z)),
        ];
        return FromLidar2Sensor(file, timeLag, lidar2Sensor);
    }
}
