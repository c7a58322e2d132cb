using Quant.Core.Models;

namespace Deploy.Datasets;

/// <summary>A rotation by the unit quaternion (Qw, Qx, Qy, Qz), then a shift by (X, Y, Z) metres.</summary>
public readonly record struct RigidTransform(double X, double Y, double Z, double Qw, double Qx, double Qy, double Qz)
{
    /// <summary>Changes nothing.</summary>
    public static RigidTransform Identity { get; } = new(0, 0, 0, 1, 0, 0, 0);

    /// <summary>From a shift and a quaternion (w, x, y, z) of any length but 0, as tables hold them.</summary>
    public static RigidTransform From(ReadOnlySpan<double> translation, ReadOnlySpan<double> rotation)
    {
        var length = Math.Sqrt((rotation[0] * rotation[0]) + (rotation[1] * rotation[1]) + (rotation[2] * rotation[2]) + (rotation[3] * rotation[3]));
        return new(translation[0], translation[1], translation[2], rotation[0] / length, rotation[1] / length, rotation[2] / length, rotation[3] / length);
    }

    /// <summary>Turned by a yaw about the z axis alone, then shifted.</summary>
    public static RigidTransform Upright(double x, double y, double z, double yaw) => new(x, y, z, Math.Cos(yaw / 2), 0, 0, Math.Sin(yaw / 2));

    /// <summary>From a 4×4 matrix, row by row, whose upper left is a rotation up to rounding.</summary>
    public static RigidTransform FromMatrix(ReadOnlySpan<double> matrix)
    {
        // The largest of the four squares keeps the divisor away from 0 (Shepperd's method).
        var (a, b, c) = (matrix[0], matrix[5], matrix[10]);
        ReadOnlySpan<double> squares = [1 + a + b + c, 1 + a - b - c, 1 - a + b - c, 1 - a - b + c];
        var (xy, xz, yz) = (matrix[4] + matrix[1], matrix[2] + matrix[8], matrix[9] + matrix[6]);
        var (wx, wy, wz) = (matrix[9] - matrix[6], matrix[2] - matrix[8], matrix[4] - matrix[1]);
        var largest = 0;
        for (var i = 1; i < 4; i++)
        {
            largest = squares[i] > squares[largest] ? i : largest;
        }

        ReadOnlySpan<double> rotation = largest switch
        {
            0 => [squares[0], wx, wy, wz],
            1 => [wx, squares[1], xy, xz],
            2 => [wy, xy, squares[2], yz],
            _ => [wz, xz, yz, squares[3]],
        };
        return From([matrix[3], matrix[7], matrix[11]], rotation);
    }

    /// <summary>First <paramref name="inner"/>, then this.</summary>
    public RigidTransform After(in RigidTransform inner)
    {
        var (x, y, z) = Apply(inner.X, inner.Y, inner.Z);
        return new(
            x,
            y,
            z,
            (Qw * inner.Qw) - (Qx * inner.Qx) - (Qy * inner.Qy) - (Qz * inner.Qz),
            (Qw * inner.Qx) + (Qx * inner.Qw) + (Qy * inner.Qz) - (Qz * inner.Qy),
            (Qw * inner.Qy) - (Qx * inner.Qz) + (Qy * inner.Qw) + (Qz * inner.Qx),
            (Qw * inner.Qz) + (Qx * inner.Qy) - (Qy * inner.Qx) + (Qz * inner.Qw));
    }

    /// <summary>The way back.</summary>
    public RigidTransform Inverse()
    {
        var turn = new RigidTransform(0, 0, 0, Qw, -Qx, -Qy, -Qz);
        var (x, y, z) = turn.Rotate(-X, -Y, -Z);
        return turn with { X = x, Y = y, Z = z };
    }

    /// <summary>The rotation matrix, row by row.</summary>
    public double[] Matrix() =>
    [
        1 - (2 * ((Qy * Qy) + (Qz * Qz))), 2 * ((Qx * Qy) - (Qw * Qz)), 2 * ((Qx * Qz) + (Qw * Qy)),
        2 * ((Qx * Qy) + (Qw * Qz)), 1 - (2 * ((Qx * Qx) + (Qz * Qz))), 2 * ((Qy * Qz) - (Qw * Qx)),
        2 * ((Qx * Qz) - (Qw * Qy)), 2 * ((Qy * Qz) + (Qw * Qx)), 1 - (2 * ((Qx * Qx) + (Qy * Qy))),
    ];

    /// <summary>A point.</summary>
    public (double X, double Y, double Z) Apply(double x, double y, double z)
    {
        var (rx, ry, rz) = Rotate(x, y, z);
        return (rx + X, ry + Y, rz + Z);
    }

    /// <summary>A free vector.</summary>
    public (double X, double Y, double Z) Rotate(double x, double y, double z)
    {
        // v + 2 q × (q × v + w v)
        double cx = (Qy * z) - (Qz * y) + (Qw * x), cy = (Qz * x) - (Qx * z) + (Qw * y), cz = (Qx * y) - (Qy * x) + (Qw * z);
        return (x + (2 * ((Qy * cz) - (Qz * cy))), y + (2 * ((Qz * cx) - (Qx * cz))), z + (2 * ((Qx * cy) - (Qy * cx))));
    }

    /// <summary>Angle of the turned x axis in the x-y plane, counter-clockwise from +x (the devkit's <c>quaternion_yaw</c>).</summary>
    public double Yaw()
    {
        var (x, y, _) = Rotate(1, 0, 0);
        return Math.Atan2(y, x);
    }

    /// <summary>An object given by its pose, size (l, w, h) and velocity, seen through this transform.</summary>
    public Box3D Box(in RigidTransform pose, double l, double w, double h, double vx, double vy, double vz)
    {
        var moved = After(pose);
        var (x, y, _) = Rotate(vx, vy, vz);
        return new Box3D(moved.X, moved.Y, moved.Z, l, w, h, moved.Yaw(), x, y);
    }
}
