using System.Text.Json;
using Deploy.Configuration;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Testing;

namespace Deploy.Tests.Pipeline;

public sealed class MixedPrecisionTests
{
    [Fact]
    public void A_scan_ranks_layers_its_shards_join_and_a_search_writes_a_config_that_runs()
    {
        using var work = new TempFolder();
        string[] options = DeployRunner.QuickSample(work.File("w"));

        var whole = DeployRunner.Run(["sensitivity", .. options, "--calibrate-batches", "1", "--output", work.File("whole.csv")]);
        var parts = new[] { "0/2", "1/2" }.Select((shard, index) => DeployRunner.Run(["sensitivity", .. options, "--calibrate-batches", "1", "--shard", shard, "--output", work.File($"part{index}.csv")])).ToList();
        var search = DeployRunner.Run(["search", .. options, "--sensitivity", work.File("part1.csv"), "--sensitivity", work.File("part0.csv"), "--map-drop", "0.5", "--output", work.File("mixed.yaml")]);
        var impossible = DeployRunner.Run(["search", .. options, "--sensitivity", work.File("whole.csv"), "--map-drop", "-1", "--max-layers", "1", "--output", work.File("no.yaml")]);

        Assert.True(whole.ExitCode == 0, whole.Error);
        Assert.All(parts, part => Assert.True(part.ExitCode == 0, part.Error));
        var rows = File.ReadAllLines(work.File("whole.csv"));
        Assert.Equal(1 + 1 + (2 * 27), rows.Length);
        Assert.Equal(rows.Order(StringComparer.Ordinal), parts.SelectMany((_, index) => File.ReadAllLines(work.File($"part{index}.csv"))).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("pts_backbone.blocks.0.", rows[2], StringComparison.Ordinal);
        Assert.True(search.ExitCode == 0, search.Error);
        Assert.Empty(ConfigLoader.Load(work.File("mixed.yaml"), []).Config.Quantization.SensitiveLayers);
        Assert.Equal("onnxruntime node times", JsonFile.Read<JsonElement>(work.File("w/search.json")).GetProperty("cost_source").GetString());
        Assert.Contains("error QNT0341: with the 1 most sensitive layers", impossible.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(work.File("no.yaml")));
        var within = DeployRunner.Run(["search", .. options, "--sensitivity", work.File("whole.csv"), "--latency-ms", "100000", "--max-layers", "1", "--output", work.File("fast.yaml")]);
        Assert.True(within.ExitCode == 0, within.Error);
        var points = JsonFile.Read<JsonElement>(work.File("w/search.json")).GetProperty("points");
        Assert.Equal(2, points.GetArrayLength());
        Assert.True(points[1].GetProperty("cost").GetDouble() >= points[0].GetProperty("cost").GetDouble());
        Assert.Contains("error QNT0342: with every layer in INT8", DeployRunner.Run(["search", .. options, "--sensitivity", work.File("whole.csv"), "--latency-ms", "0.001", "--output", work.File("no.yaml")]).Error, StringComparison.Ordinal);
        Assert.Contains("error QNT0151", DeployRunner.Run(["search", .. options, "--sensitivity", work.File("whole.csv"), "--output", work.File("no.yaml")]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_of_fused_nodes_belong_to_the_first_layer_they_name_and_the_rest_stays()
    {
        var costs = LayerCosts.Join(
            "engine profile",
            ["a.0", "a.1"],
            [("a.0 + a.0/Relu", 2), ("a.1", 4), ("copy", 1)],
            [("a.0 + a.0/Relu", 1), ("PWN(a.1/Relu) + a.1", 5), ("reformat", 0.5)]);

        Assert.Equal(6.5, costs.Of([]));
        Assert.Equal(7.5, costs.Of(["a.0"]));
        // FP16 is never counted cheaper: noise must not look like a gain.
        Assert.Equal(6.5, costs.Of(["a.1"]));
    }

    [Fact]
    public void Node_times_are_medians_without_the_first_round()
    {
        var profile = "[" + string.Join(",", new[] { 900, 10, 30, 20 }.Select(us => $$"""{"cat":"Node","name":"x_kernel_time","dur":{{us}}}""")) + """,{"cat":"Session","name":"model_run","dur":5}]""";

        Assert.Equal([("x", 0.02)], LayerCosts.NodeTimes(profile));
    }
}
