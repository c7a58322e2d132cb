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
        Assert.Equal("macs", JsonFile.Read<JsonElement>(work.File("w/search.json")).GetProperty("cost_source").GetString());
        Assert.Contains("error QNT0341: with the 1 most sensitive layers", impossible.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(work.File("no.yaml")));
    }
}
