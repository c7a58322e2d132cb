using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class OverrideTests : IDisposable
{
    private readonly ConfigFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Overrides_are_YAML_and_the_last_one_wins()
    {
        var config = folder.LoadMinimal(
            "seed: 1\n",
            "seed=2",
            "seed=3",
            "gates.map_drop_max=null",
            "gates.ap_drop_max={car: 0.1}",
            "quantization.sensitive_layers=[pts_neck, 'pts_backbone.blocks.0.*']",
            "dataset.name_mapping.\"vehicle.car\"=car",
            "evaluation.class_ranges=nuscenes").Config;

        Assert.Equal(3, config.Seed);
        Assert.Null(config.Gates.MapDropMax);
        Assert.Equal(0.1, config.Gates.ApDropMax["car"]);
        Assert.Equal(["pts_neck", "pts_backbone.blocks.0.*"], config.Quantization.SensitiveLayers);
        Assert.Equal("car", config.Dataset.NameMapping!["vehicle.car"]);
        Assert.Equal(50, config.Evaluation.ClassRanges!["truck"]);
    }

    [Fact]
    public void A_value_may_hold_an_equals_sign()
    {
        Assert.Equal(Path.GetFullPath("a=b.pth"), folder.LoadMinimal("", "checkpoint_path=a=b.pth").Config.CheckpointPath);
    }

    [Fact]
    public void Delete_works_from_the_command_line()
    {
        var config = folder.LoadMinimal("verification: {tolerances: {rot: 0.2}}\n", "verification.tolerances={_delete_: true}").Config;

        Assert.Empty(config.Verification.Tolerances);
    }

    [Theory]
    [InlineData("seed")]
    [InlineData("=3")]
    [InlineData("a..b=3")]
    [InlineData(".a=3")]
    [InlineData("a.=3")]
    [InlineData("a.\"b=3")]
    [InlineData("a.\"b\"c=3")]
    [InlineData("a.\"\"=3")]
    [InlineData("")]
    [InlineData("_base_=other.yaml")]
    [InlineData("seed=[1")]
    [InlineData("seed=@x")]
    [InlineData("seed=*x")]
    [InlineData("seed=!!python/object:os.system x")]
    public void A_malformed_override_is_refused(string text)
    {
        var line = Assert.Single(folder.ProblemsOfMinimal("", text));

        Assert.StartsWith("<command line>: error QNT0114: --set ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_endless_depth_is_refused()
    {
        var line = Assert.Single(folder.ProblemsOfMinimal("", string.Concat(Enumerable.Repeat("a.", 50_000)) + "a=1"));

        Assert.StartsWith("<command line>: error QNT0114: --set ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_in_overrides_join_those_of_the_file()
    {
        var problems = folder.ProblemsOfMinimal("seed: x\n", "gatez.comparison=true", "latency.warmup=-1", "nonsense");

        Assert.Equal(
        [
            "<command line>: error QNT0114: --set 'nonsense' is not key=value, as in --set quantization.calibration.num_batches=64",
            "c.yaml(9,7): error QNT0103: seed must be a whole number, not 'x'",
            "<command line>: error QNT0102: unknown key 'gatez' at the top level; did you mean 'gates'?",
            "<command line>: error QNT0104: latency.warmup is -1; it must be at least 0 and at most 100000",
        ],
        problems);
    }
}
