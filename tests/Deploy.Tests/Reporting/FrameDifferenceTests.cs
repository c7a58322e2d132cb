using Deploy.Reporting;
using Quant.Core.Models;

namespace Deploy.Tests.Reporting;

public sealed class FrameDifferenceTests
{
    [Fact]
    public void Partners_count_their_score_difference_and_lonely_boxes_their_score()
    {
        var difference = FrameDifference.Of([At(0, 0, 0.9f), At(0, 30, 0.5f)], [At(0, 1, 0.7f), At(1, 30, 0.4f)]);

        Assert.Equal(0.2 + 0.5 + 0.4, difference.Score, 6);
        Assert.Equal((1, 1), (difference.OnlyFirst, difference.OnlySecond));
    }

    [Fact]
    public void The_same_boxes_differ_by_nothing_even_when_two_are_equal()
    {
        Detection[] boxes = [At(0, 0, 0.5f), At(0, 0, 0.5f), At(0, 1.5, 0.3f)];

        Assert.Equal((0, 0, 0), FrameDifference.Of(boxes, boxes));
    }

    private static Detection At(int label, double x, float score) => new(label, score, new Box3D(x, 0, 0, 4, 2, 1.5, 0, 0, 0));
}
