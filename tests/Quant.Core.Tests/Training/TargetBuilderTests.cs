using Quant.Core.Models;
using Quant.Core.Tests.Models;
using Quant.Core.Training;

namespace Quant.Core.Tests.Training;

public sealed class TargetBuilderTests
{
    [Fact]
    public void A_box_decodes_from_its_own_targets()
    {
        var model = RandomModel.TwoTasks;
        var box = new Box3D(1.3, -2.1, 0.4, 4.5, 1.9, 1.6, 0.7, 2, double.NaN);

        var targets = TargetBuilder.Build([(2, box)], model, 0.1, 2);

        Assert.Empty(targets[0].Cells);
        var (cell, values) = (Assert.Single(targets[1].Cells), targets[1].Boxes);
        var width = model.GridX / 2;
        Assert.Equal(box.X, (((cell % width) + values[0]) * 1.0) + model.PointCloudRange[0], 5);
        Assert.Equal(box.Y, (((cell / width) + values[1]) * 1.0) + model.PointCloudRange[1], 5);
        Assert.Equal([0.4f, MathF.Log(4.5f), MathF.Log(1.9f), MathF.Log(1.6f)], values[2..6], (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(0.7, Math.Atan2(values[6], values[7]), 5);
        Assert.Equal((2f, true), (values[8], float.IsNaN(values[9])));
        // Label 2 is the second class of the second task.
        Assert.Equal(1, targets[1].Heatmap[(width * width) + cell]);
        Assert.Equal(0, targets[1].Heatmap[cell]);
    }

    [Theory]
    [InlineData(-8.6, 0)]
    [InlineData(0, 8.0)]
    [InlineData(100, 0)]
    public void Centres_outside_the_map_are_no_targets(double x, double y)
    {
        var box = new Box3D(x, y, 0, 4, 2, 1.5, 0, 0, 0);

        var targets = TargetBuilder.Build([(0, box)], RandomModel.TwoTasks, 0.1, 2);

        // MMDetection3D truncates toward zero, so a centre less than a cell below the first one still counts.
        Assert.Equal(x is > -9 and < -8 ? 1 : 0, targets[0].Cells.Length);
    }
}
