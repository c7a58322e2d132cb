using CsCheck;
using Deploy.Configuration;
using Deploy.Datasets;
using Deploy.Training;
using Quant.Core.Models;

namespace Deploy.Tests.Training;

public sealed class AugmentationTests
{
    private static readonly Box3D Car = new(10, -4, 0.5, 4.5, 1.9, 1.6, 0.3, 5, 1);

    [Fact]
    public void Mirrors_turn_yaw_and_velocity_as_mmdetection3d_does()
    {
        var y = new Augmentation(true, false, 0, 1, (0, 0, 0), 1).Apply(Car);
        var x = new Augmentation(false, true, 0, 1, (0, 0, 0), 1).Apply(Car);

        Assert.Equal((10, 4, -0.3, 5, -1), (y.X, y.Y, y.Yaw, y.Vx, y.Vy));
        Assert.Equal((-10, -4, -5, 1), (x.X, x.Y, x.Vx, x.Vy));
        Assert.Equal(Math.PI - 0.3, x.Yaw, 12);
    }

    [Fact]
    public void Points_keep_their_place_in_the_box() => Gen.Int[0, 10000].Sample(seed =>
    {
        var change = Augmentation.Draw(new AugmentationConfig(), new Random(seed));
        var corner = Corner(Car, 0.8, -0.6);
        var frame = new Frame("t", "f", new PointCloud([(float)corner.X, (float)corner.Y, 0.7f, 9, 0.1f], 5), [new GroundTruth(0, Car, 7, [])], 0);

        var changed = change.Apply(frame);

        var box = changed.Objects![0].Box;
        var (along, across) = Inside(box, changed.Points.Values[0], changed.Points.Values[1]);
        Assert.Equal(0.8, along, 4);
        Assert.Equal(0.6, Math.Abs(across), 4);
        Assert.Equal([9f, 0.1f], changed.Points.Values[3..]);
        Assert.Equal(Car.L * change.Scale, box.L, 9);
        Assert.Equal(Math.Sqrt(26) * change.Scale, Math.Sqrt((box.Vx * box.Vx) + (box.Vy * box.Vy)), 9);
    }, iter: 200);

    [Fact]
    public void Equal_seeds_draw_equal_changes_and_unknown_velocities_stay_unknown()
    {
        var (first, second) = (Augmentation.Draw(new AugmentationConfig(), new Random(5)), Augmentation.Draw(new AugmentationConfig(), new Random(5)));

        Assert.Equal(first, second);
        Assert.True(double.IsNaN(first.Apply(Car with { Vx = double.NaN, Vy = double.NaN }).Vx));
    }

    /// <summary>The point at these parts of half the length and half the width.</summary>
    private static (double X, double Y) Corner(Box3D box, double along, double across)
    {
        var (sin, cos) = Math.SinCos(box.Yaw);
        var (dx, dy) = (along * box.L / 2, across * box.W / 2);
        return (box.X + (cos * dx) - (sin * dy), box.Y + (sin * dx) + (cos * dy));
    }

    private static (double Along, double Across) Inside(Box3D box, double x, double y)
    {
        var (sin, cos) = Math.SinCos(box.Yaw);
        var (dx, dy) = (x - box.X, y - box.Y);
        return (((cos * dx) + (sin * dy)) / (box.L / 2), ((cos * dy) - (sin * dx)) / (box.W / 2));
    }
}
