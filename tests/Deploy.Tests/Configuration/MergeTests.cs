using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class MergeTests : IDisposable
{
    private readonly ConfigFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Mappings_merge_deep_lists_replace_and_later_bases_win()
    {
        folder.Write("a.yaml", ConfigFolder.Minimal + "seed: 1\ngates: {map_drop_max: 0.1, speedup_min: 1.5}\nevaluation: {models: [fp32, fp16]}\n");
        folder.Write("b.yaml", "seed: 2\ngates: {map_drop_max: 0.2}\n");
        var loaded = folder.Load("_base_: [a.yaml, b.yaml]\ngates: {nds_drop_max: 0.3}\nevaluation: {models: [int8]}\n");

        Assert.Equal((2, 0.2, 1.5, 0.3), (loaded.Config.Seed, loaded.Config.Gates.MapDropMax, loaded.Config.Gates.SpeedupMin, loaded.Config.Gates.NdsDropMax));
        Assert.Equal(["int8"], loaded.Config.Evaluation.Models);
        Assert.Equal([folder.PathOf("c.yaml"), folder.PathOf("a.yaml"), folder.PathOf("b.yaml")], loaded.Files);
        Assert.EndsWith("b.yaml(2,23)", loaded.LocationOf("gates.map_drop_max")!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_in_a_later_file_takes_the_limit_away()
    {
        folder.Write("a.yaml", ConfigFolder.Minimal + "gates: {map_drop_max: 0.1}\n");

        Assert.Null(folder.Load("_base_: a.yaml\ngates: {map_drop_max: null}\n").Config.Gates.MapDropMax);
    }

    [Fact]
    public void Delete_drops_what_a_mapping_would_inherit()
    {
        folder.Write("a.yaml", ConfigFolder.Minimal + "verification: {tolerance: 0.3, tolerances: {rot: 0.2, vel: 0.5}}\n");
        var kept = folder.Load("_base_: a.yaml\nverification: {tolerances: {_delete_: false, dim: 0.1}}\n").Config.Verification;
        var dropped = folder.Load("_base_: a.yaml\nverification: {tolerances: {_delete_: true, dim: 0.1}}\n").Config.Verification;

        Assert.Equal(["rot", "vel", "dim"], kept.Tolerances.Keys);
        Assert.Equal(["dim"], dropped.Tolerances.Keys);
        Assert.Equal(0.3, dropped.Tolerance);
    }

    [Fact]
    public void Delete_without_anything_inherited_does_nothing()
    {
        Assert.Equal(0.5, folder.LoadMinimal("gates: {_delete_: true, map_drop_max: 0.5}\n").Config.Gates.MapDropMax);
        Assert.Equal(["c.yaml(9,19): error QNT0103: _delete_ must be true or false"], folder.ProblemsOfMinimal("gates: {_delete_: maybe}\n"));
    }

    [Fact]
    public void A_circle_is_reported_with_its_chain()
    {
        folder.Write("a.yaml", "_base_: sub/b.yaml\n");
        folder.Write("sub/b.yaml", "seed: 1\n_base_:\n  - ../c.yaml\n");

        var line = Assert.Single(folder.Problems("_base_: a.yaml\n"));

        Assert.Equal("sub/b.yaml(3,5): error QNT0113: files inherit from each other in a circle: c.yaml -> a.yaml -> sub/b.yaml -> c.yaml", line);
    }

    [Fact]
    public void A_file_may_be_reached_twice_without_a_circle()
    {
        folder.Write("root.yaml", ConfigFolder.Minimal + "seed: 7\n");
        folder.Write("a.yaml", "_base_: root.yaml\n");
        folder.Write("b.yaml", "_base_: root.yaml\n");

        Assert.Equal(7, folder.Load("_base_: [a.yaml, b.yaml]\n").Config.Seed);
    }

    [Fact]
    public void A_base_that_inherits_in_powers_of_two_is_read_once_per_file()
    {
        for (var i = 0; i < 14; i++)
        {
            folder.Write($"f{i}.yaml", $"_base_: [f{i + 1}.yaml, f{i + 1}.yaml, f{i + 1}.yaml, f{i + 1}.yaml]\n");
        }

        folder.Write("f14.yaml", ConfigFolder.Minimal);

        Assert.Equal(16, folder.Load("_base_: f0.yaml\n").Files.Count);
    }

    [Fact]
    public void A_chain_without_end_is_refused()
    {
        for (var i = 0; i < 40; i++)
        {
            folder.Write($"f{i}.yaml", $"_base_: f{i + 1}.yaml\n");
        }

        Assert.Contains("QNT0113: more than 16 files inherit in a chain", Assert.Single(folder.Problems("_base_: f0.yaml\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_broken_bases_are_reported_together_and_nothing_is_said_of_what_they_would_have_held()
    {
        folder.Write("broken.yaml", "seed: [1\n");
        var problems = folder.Problems("_base_: [missing.yaml, broken.yaml]\n");

        Assert.Equal(2, problems.Count);
        Assert.Equal("c.yaml(1,10): error QNT0112: the base file 'missing.yaml' does not exist; _base_ is relative to the file that names it", problems[0]);
        Assert.StartsWith("broken.yaml(2,1): error QNT0109: ", problems[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_base_: {a: b}\n")]
    [InlineData("_base_: [[a.yaml]]\n")]
    [InlineData("_base_: ''\n")]
    [InlineData("_base_: \"a\\0b\"\n")]
    public void A_base_must_be_named_by_text(string text)
    {
        var error = Assert.Throws<QuantException>(() => folder.Load(text + ConfigFolder.Minimal));

        Assert.Equal(DiagnosticCodes.WrongType, error.Code);
    }

    [Fact]
    public void An_error_in_an_inherited_value_names_the_base_file()
    {
        folder.Write("a.yaml", ConfigFolder.Minimal + "seed: x\n");

        Assert.Equal(["a.yaml(9,7): error QNT0103: seed must be a whole number, not 'x'"], folder.Problems("_base_: a.yaml\n"));
    }
}
