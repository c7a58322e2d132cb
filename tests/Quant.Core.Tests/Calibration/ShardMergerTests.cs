using Quant.Core.Calibration;
using Quant.Core.Diagnostics;

namespace Quant.Core.Tests.Calibration;

/// <summary>What several machines saw becomes what one would have seen, or is refused.</summary>
public sealed class ShardMergerTests
{
    private static readonly CalibrationShard Left = new(1, "count", new Dictionary<string, string> { ["config"] = "a", ["frames"] = "b" }, 0, 2, new(3, [Tensor("x", 2, 10, [1, 2, 3], [0.5f, 2f]), Tensor("y", 5, 7, null, null)]));
    private static readonly CalibrationShard Right = Left with { Shard = 1, Observed = new(4, [Tensor("x", 4, 20, [10, 20, 30], [4f, 1f]), Tensor("y", 1, 1, null, null)]) };

    [Fact]
    public void Maxima_are_joined_and_counts_added_in_any_order()
    {
        foreach (var shards in new[] { new[] { Left, Right }, [Right, Left] })
        {
            var merged = ShardMerger.Merge(shards);

            Assert.Equal((0, 1, 7, "count"), (merged.Shard, merged.Shards, merged.Observed.Frames, merged.Kind));
            var (x, y) = (merged.Observed.Tensors[0], merged.Observed.Tensors[1]);
            Assert.Equal(("x", 4f, 30L, 3), (x.Quantizer, x.Maximum, x.Count, x.Rebinned));
            Assert.Equal([11L, 22, 33], x.Histogram!.Counts);
            Assert.Equal(0.5, x.Histogram.Width);
            Assert.Equal([4f, 2f], x.ChannelMaxima);
            Assert.Equal(("y", 5f, 8L), (y.Quantizer, y.Maximum, y.Count));
            Assert.True(y.Histogram is null && y.ChannelMaxima is null);
        }
    }

    [Fact]
    public void A_shard_without_frames_adds_nothing_and_without_any_frame_nothing_is_joined()
    {
        var empty = Right with { Observed = Right.Observed with { Frames = 0 } };

        Assert.Equal(Left.Observed.Tensors, ShardMerger.Merge([Left, empty]).Observed.Tensors);
        Assert.Equal(Left.Observed.Tensors, ShardMerger.Merge([empty, Left]).Observed.Tensors);
        Assert.Equal(3, ShardMerger.Merge([empty, Left]).Observed.Frames);
        Assert.Same(empty.Observed, ShardMerger.Join([empty.Observed, empty.Observed]));
    }

    [Fact]
    public void A_single_shard_is_the_whole_run() => Assert.Equal(Left.Observed.Tensors, ShardMerger.Merge([Left with { Shards = 1 }]).Observed.Tensors);

    [Fact]
    public void Shards_that_are_missing_or_given_twice_are_told_at_once()
    {
        Refused("QNT0350", ["no shard was given; name the files that 'deploy calibrate range' or 'deploy calibrate count' wrote"]);
        Refused("QNT0350", ["shards 1 of 2 are missing; run them and merge again"], Left);
        Refused("QNT0350", ["shard 0/2 is given 2 times; its frames would count more than once", "shards 1 of 2 are missing; run them and merge again"], Left, Left);
        Refused("QNT0350", ["shards 0, 2 of 3 are missing; run them and merge again"], Left with { Shard = 1, Shards = 3 });
    }

    [Fact]
    public void Shards_of_different_runs_are_refused_with_their_difference()
    {
        Differs("its form has version 2, this program reads 1", Right with { Version = 2 });
        Differs("it is a range of 2 shards, not a count of 2", Right with { Kind = "range" });
        Differs("it is a count of 3 shards, not a count of 2", Right with { Shards = 3 });
        Differs("its number is out of range", Right with { Shard = 2 });
        Differs("its number is out of range", Right with { Shard = -1 });
        Differs("its frames differs", Right with { Origin = new Dictionary<string, string> { ["config"] = "a", ["frames"] = "c" } });
        Differs("its frames differs", Right with { Origin = new Dictionary<string, string> { ["config"] = "a" } });
        Differs("its weights differs", Right with { Origin = new Dictionary<string, string>(Right.Origin) { ["weights"] = "d" } });
        Differs("its tensors or bins differ", Edit(tensor => tensor with { Quantizer = "z" }));
        Differs("its tensors or bins differ", Edit(tensor => tensor with { Histogram = new([1, 2], 0.5) }));
        Differs("its tensors or bins differ", Edit(tensor => tensor with { Histogram = new([1, 2, 3], 0.25) }));
        Differs("its tensors or bins differ", Edit(tensor => tensor with { Histogram = null }));
        Differs("its tensors or bins differ", Edit(tensor => tensor with { ChannelMaxima = [1] }));
    }

    private static CalibrationShard Edit(Func<TensorObservation, TensorObservation> edit) => Right with { Observed = Right.Observed with { Tensors = [edit(Right.Observed.Tensors[0]), Right.Observed.Tensors[1]] } };

    private static void Differs(string difference, CalibrationShard shard) =>
        Refused("QNT0351", [$"shard {shard.Shard}/{shard.Shards} does not belong with shard 0/2: {difference}; run all shards with the same program, config, checkpoint and frames"], Left, shard);

    private static void Refused(string code, string[] messages, params CalibrationShard[] shards)
    {
        var error = Assert.Throws<QuantException>(() => ShardMerger.Merge(shards));
        Assert.All(error.Diagnostics, item => Assert.Equal(code, item.Code));
        Assert.Equal(messages, error.Diagnostics.Select(item => item.Message));
    }

    private static TensorObservation Tensor(string name, float maximum, long count, long[]? counts, float[]? channels) =>
        new(name, maximum, count, counts is null ? null : new Histogram(counts, 0.5), counts is null ? 0 : counts[0] == 1 ? 1 : 2) { ChannelMaxima = channels };
}
