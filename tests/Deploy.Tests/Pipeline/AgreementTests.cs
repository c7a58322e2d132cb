using System.Text.Json;
using Deploy.Datasets;
using Deploy.Engines;
using Deploy.Evaluation;
using Quant.Core.Checkpoints;
using Quant.Core.Models;
using Testing;

namespace Deploy.Tests.Pipeline;

/// <summary>The float model on the simulated validation set against an independent PyTorch implementation.</summary>
public sealed class AgreementTests
{
    [Fact]
    public void Detections_and_map_are_those_of_the_independent_implementation()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Require("golden/sim_validation_fp32.json")));
        var config = Deploy.Configuration.ConfigLoader.Load(Commands.DeployRunner.SampleConfig, []).Config;
        var source = FrameSources.Open(new DatasetOptions { Type = "t4", Root = SharedData.Require("data/sim/sim_validation"), ClassNames = config.Model.PtsBboxHead.ClassNames, PointCloudRange = config.Model.PointCloudRange });
        using var checkpoint = CheckpointReader.Read(config.CheckpointPath);
        using var model = CenterPoint.Load(checkpoint.StateDict, config.Model, config.CheckpointPath);
        using var detector = new TorchDetector("fp32", model);

        var results = FrameStream.Read(source, int.MaxValue, TestContext.Current.CancellationToken)
            .Select(frame => new FrameResult(frame.Token, frame.Objects!, BoxDecoder.Decode(detector.Run(Voxelizer.Voxelize(frame.Points, config.Model)), config.Model))).ToList();

        var evaluation = DetectionMetrics.Evaluate(results, new MetricOptions("nuscenes", config.Model.PtsBboxHead.ClassNames, null));
        Assert.Equal(golden.RootElement.GetProperty("result").GetProperty("mAP").GetDouble(), evaluation.Map!.Value, 0.0005);
        var expected = golden.RootElement.GetProperty("detections").EnumerateArray().Select(frame => frame.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray()).ToList()).ToList();
        Assert.Equal(expected.Count, results.Count);
        var missing = 0;
        foreach (var (frame, rows) in results.Zip(expected))
        {
            missing += rows.Count(row => !frame.Detections.Any(item => Matches(item, row)));
            missing += Math.Abs(frame.Detections.Count - rows.Count);
        }

        // Ties at the threshold and in suppression may fall either way: a handful in about 3,500 boxes.
        Assert.InRange(missing, 0, 5);
    }

    private static bool Matches(Detection item, double[] row)
    {
        double[] values = [item.Label, item.Box.X, item.Box.Y, item.Box.Z, item.Box.L, item.Box.W, item.Box.H, Math.Cos(item.Box.Yaw), Math.Sin(item.Box.Yaw), item.Box.Vx, item.Box.Vy, item.Score];
        double[] reference = [row[0], row[1], row[2], row[3], row[4], row[5], row[6], Math.Cos(row[7]), Math.Sin(row[7]), row[8], row[9], row[10]];
        return values.Zip(reference).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-3);
    }
}
