using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>Where a frame's origin is in the world: metres and a unit quaternion (w, x, y, z) from frame to world.</summary>
public readonly record struct RigidPose(double X, double Y, double Z, double Qw, double Qx, double Qy, double Qz)
{
    /// <summary>Frame and world are one.</summary>
    public static RigidPose Identity { get; } = new(0, 0, 0, 1, 0, 0, 0);

    /// <summary>From the world into the frame.</summary>
    public RigidPose Inverse()
    {
        var rotation = new RigidPose(0, 0, 0, Qw, -Qx, -Qy, -Qz);
        var (x, y, z) = rotation.Rotate(-X, -Y, -Z);
        return rotation with { X = x, Y = y, Z = z };
    }

    /// <summary>The orientation of a heading in this frame, as a quaternion of the world.</summary>
    public (double W, double X, double Y, double Z) Orientation(double yaw)
    {
        double c = Math.Cos(yaw / 2), s = Math.Sin(yaw / 2);
        return ((Qw * c) - (Qz * s), (Qx * c) + (Qy * s), (Qy * c) - (Qx * s), (Qz * c) + (Qw * s));
    }

    /// <summary>A free vector of the frame, seen from the world.</summary>
    public (double X, double Y, double Z) Rotate(double x, double y, double z)
    {
        // v + 2 q × (q × v + w v)
        double cx = (Qy * z) - (Qz * y) + (Qw * x), cy = (Qz * x) - (Qx * z) + (Qw * y), cz = (Qx * y) - (Qy * x) + (Qw * z);
        return (x + (2 * ((Qy * cz) - (Qz * cy))), y + (2 * ((Qz * cx) - (Qx * cz))), z + (2 * ((Qx * cy) - (Qy * cx))));
    }

    /// <summary>The box with centre, heading (of its x axis projected to the ground) and velocity seen from the world.</summary>
    public Box3D Transform(in Box3D box)
    {
        var (x, y, z) = Rotate(box.X, box.Y, box.Z);
        var (hx, hy, _) = Rotate(Math.Cos(box.Yaw), Math.Sin(box.Yaw), 0);
        var (vx, vy, _) = Rotate(box.Vx, box.Vy, 0);
        return box with { X = x + X, Y = y + Y, Z = z + Z, Yaw = Math.Atan2(hy, hx), Vx = vx, Vy = vy };
    }
}
