using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Testing;

namespace Deploy.Tests.Pipeline;

/// <summary>Calibration spread over processes, as an array job does it.</summary>
public sealed class ShardTests
{
    [Fact]
    public void Merged_shards_give_the_bits_of_one_run_whatever_their_order()
    {
        using var work = new TempFolder();
        string[] Options(string folder) => DeployRunner.QuickSample(work.File(folder), "--set", "dataset.calibration.num_frames=5", "--set", "quantization.calibration.binning=two_pass");
        void Ok(params string[] arguments)
        {
            var result = DeployRunner.Run(arguments);
            Assert.True(result.ExitCode == 0, result.Error);
        }

        Ok(["run", .. Options("single"), "--to", "calibrate"]);
        foreach (var shard in new[] { "0", "1" })
        {
            Ok(["calibrate", "range", .. Options(shard), "--shard", $"{shard}/2", "--output", work.File($"range{shard}.json")]);
        }

        Ok(["calibrate", "merge", work.File("range1.json"), work.File("range0.json"), .. Options("merge"), "--output", work.File("range.json")]);
        foreach (var shard in new[] { "0", "1" })
        {
            Ok(["calibrate", "count", .. Options(shard), "--shard", $"{shard}/2", "--range", work.File("range.json"), "--output", work.File($"count{shard}.json")]);
        }

        Ok(["calibrate", "merge", work.File("count1.json"), work.File("count0.json"), .. Options("merge")]);
        var half = DeployRunner.Run(["calibrate", "merge", work.File("count1.json"), .. Options("half")]);
        var next = DeployRunner.Run(["run", .. Options("merge"), "--to", "correct"]);

        Assert.Equal(Fingerprint.OfFile(work.File("single/ranges.json")), Fingerprint.OfFile(work.File("merge/ranges.json")));
        Assert.Contains("error QNT0350", half.Error, StringComparison.Ordinal);
        Assert.Contains("calibrate: up to date", next.Error, StringComparison.Ordinal);
    }
}
