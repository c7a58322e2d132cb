namespace Quant.Core.Models;

/// <summary>
/// An upright box in the LiDAR (or base_link) frame, metres and radians: x forward, y left, z up; (X, Y, Z) is the gravity
/// centre, L along x at yaw 0, yaw counter-clockwise from +x; velocity in m/s, NaN when unknown.
/// </summary>
public readonly record struct Box3D(double X, double Y, double Z, double L, double W, double H, double Yaw, double Vx, double Vy);
