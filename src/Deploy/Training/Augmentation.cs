using Deploy.Configuration;
using Deploy.Datasets;
using Quant.Core.Models;

namespace Deploy.Training;

/// <summary>One random change of a frame: mirror images, rotation about z, scale, translation, and a new order of the points.</summary>
/// <param name="MirrorY">y becomes −y.</param>
/// <param name="MirrorX">x becomes −x.</param>
/// <param name="Rotation">About z, radians, counter-clockwise.</param>
/// <param name="Scale">Of positions, sizes and velocities.</param>
/// <param name="Translation">In metres, last.</param>
/// <param name="Shuffle">Seed of the points' order; it decides which ones a full pillar keeps.</param>
public sealed record Augmentation(bool MirrorY, bool MirrorX, double Rotation, double Scale, (double X, double Y, double Z) Translation, int Shuffle)
{
    /// <summary>Draws one.</summary>
    public static Augmentation Draw(AugmentationConfig config, Random random)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return new Augmentation(
            random.NextDouble() < config.Flip,
            random.NextDouble() < config.Flip,
            ((2 * random.NextDouble()) - 1) * config.Rotation,
            config.Scale[0] + (random.NextDouble() * (config.Scale[1] - config.Scale[0])),
            (Normal() * config.Translation[0], Normal() * config.Translation[1], Normal() * config.Translation[2]),
            random.Next());
    }

    /// <summary>The changed frame; columns after z stay as they are.</summary>
    public Frame Apply(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var (columns, source) = (frame.Points.Columns, frame.Points.Values);
        var order = Enumerable.Range(0, frame.Points.Count).ToArray();
        new Random(Shuffle).Shuffle(order);
        var values = new float[source.Length];
        foreach (var (target, index) in order.Index())
        {
            var point = values.AsSpan(target * columns, columns);
            source.AsSpan(index * columns, columns).CopyTo(point);
            var (x, y, z) = Move(point[0], point[1], point[2]);
            (point[0], point[1], point[2]) = ((float)x, (float)y, (float)z);
        }

        return frame with
        {
            Points = frame.Points with { Values = values },
            Objects = frame.Objects is null ? null : [.. frame.Objects.Select(item => item with { Box = Apply(item.Box) })],
        };
    }

    /// <summary>The changed box.</summary>
    public Box3D Apply(Box3D box)
    {
        var (x, y, z) = Move(box.X, box.Y, box.Z);
        var (vx, vy) = Turn(MirrorX ? -box.Vx : box.Vx, MirrorY ? -box.Vy : box.Vy);
        var yaw = MirrorY ? -box.Yaw : box.Yaw;
        yaw = MirrorX ? Math.PI - yaw : yaw;
        return new Box3D(x, y, z, box.L * Scale, box.W * Scale, box.H * Scale, Math.IEEERemainder(yaw + Rotation, 2 * Math.PI), vx * Scale, vy * Scale);
    }

    private (double X, double Y, double Z) Move(double x, double y, double z)
    {
        var (turnedX, turnedY) = Turn(MirrorX ? -x : x, MirrorY ? -y : y);
        return ((turnedX * Scale) + Translation.X, (turnedY * Scale) + Translation.Y, (z * Scale) + Translation.Z);
    }

    private (double X, double Y) Turn(double x, double y)
    {
        var (sin, cos) = Math.SinCos(Rotation);
        return ((cos * x) - (sin * y), (sin * x) + (cos * y));
    }
}
