using Quant.Core.Models;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Models;

public sealed class PillarUploadTests
{
    [Fact]
    public void Pillars_put_together_on_the_device_are_those_of_the_host()
    {
        using var scope = NewDisposeScope();
        var pillars = PillarBatch.Join([Frame(1, 40), Frame(2, 300)]);

        var placed = PillarUpload.Placed(pillars, CPU);

        Assert.True(placed.eq(PillarUpload.Features(pillars, CPU)).all().item<bool>());
    }

    [Fact]
    public void Joined_frames_follow_each_other_and_count_their_batch()
    {
        var (first, second) = (Frame(1, 40), Frame(2, 300));

        var joined = PillarBatch.Join([first, second]);

        Assert.Equal(first.Count + second.Count, joined.Count);
        Assert.Equal([.. first.Features(), .. second.Features()], joined.Features());
        Assert.Equal([.. first.PointCounts, .. second.PointCounts], joined.PointCounts);
        Assert.Equal(Enumerable.Repeat(0, first.Count).Concat(Enumerable.Repeat(1, second.Count)), joined.Coordinates.Where((_, index) => index % 4 == 0));
        Assert.Equal(second.Coordinates[^3..], joined.Coordinates[^3..]);
        Assert.Equal(2, joined.FrameCount);
    }

    private static PillarBatch Frame(int seed, int points)
    {
        var random = new Random(seed);
        return Voxelizer.Voxelize(new PointCloud([.. Enumerable.Range(0, points).SelectMany(_ => new[] { (random.NextSingle() * 16) - 8, (random.NextSingle() * 16) - 8, random.NextSingle(), 0.5f, 0 })], 5), RandomModel.TwoTasks);
    }
}
