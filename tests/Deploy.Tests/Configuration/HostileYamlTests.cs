using System.Diagnostics;
using System.Text;
using CsCheck;
using Deploy.Configuration;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class HostileYamlTests : IDisposable
{
    private readonly ConfigFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("", "c.yaml(1,1): error QNT0101: the file is empty; a config starts with keys such as 'model:'")]
    [InlineData("# only a comment\n---\n", "c.yaml(1,1): error QNT0101: the file is empty; a config starts with keys such as 'model:'")]
    [InlineData("- a\n- b\n", "c.yaml(1,1): error QNT0103: a config is a mapping of keys to values, not a list or a single value")]
    [InlineData("just text", "c.yaml(1,1): error QNT0103: a config is a mapping of keys to values, not a list or a single value")]
    [InlineData("model:\n\ttype: CenterPoint\n", "c.yaml(2,1): error QNT0109: a tab cannot indent YAML; use spaces")]
    [InlineData("name: @x\n", "c.yaml(1,7): error QNT0109: '@' cannot start a value in YAML; put the value in quotes")]
    [InlineData("seed: 1\n---\nseed: 2\n", "c.yaml(2,1): error QNT0111: a second document ('---') starts here; a config is one document")]
    [InlineData("seed: !!python/object/apply:os.system [ls]\n", "c.yaml(1,7): error QNT0111: the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not supported; write the plain value")]
    [InlineData("[a, b]: 1\n", "c.yaml(1,1): error QNT0111: a key must be plain text")]
    [InlineData("a: &x {b: 1}\nc: {<<: *x}\n", "c.yaml(2,5): error QNT0111: the merge key '<<' is not supported; put shared keys into a file named by _base_")]
    [InlineData("a: *nothing\n", "c.yaml(1,4): error QNT0109: the alias '*nothing' names no finished anchor before it")]
    [InlineData("a: &x [1, *x]\n", "c.yaml(1,11): error QNT0109: the alias '*x' names no finished anchor before it")]
    public void Unusable_YAML_is_located(string text, string problem) => Assert.Equal([problem], folder.Problems(text));

    [Fact]
    public void Duplicate_keys_name_both_places()
    {
        var problems = folder.ProblemsOfMinimal("gates: {map_drop_max: 0.1, map_drop_max: 0.2}\nseed: 1\nseed: 2\n");

        Assert.Equal("c.yaml(9,28): error QNT0107: the key 'map_drop_max' already stands at " + folder.PathOf("c.yaml") + "(9,9); remove one of the two", problems[0].Replace("stands at c.yaml", "stands at " + folder.PathOf("c.yaml"), StringComparison.Ordinal));
        Assert.StartsWith("c.yaml(11,1): error QNT0107: the key 'seed'", problems[1], StringComparison.Ordinal);
        Assert.Equal(2, problems.Count);
    }

    [Fact]
    public void Aliases_are_allowed_in_measure()
    {
        var config = folder.LoadMinimal("dataset:\n  calibration: &frames {root: data, num_frames: 8}\n  validation: *frames\n").Config;

        Assert.Equal(config.Dataset.Calibration, config.Dataset.Validation);
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_quickly()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 30; i++)
        {
            text.AppendLine($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]");
        }

        var watch = Stopwatch.StartNew();
        var line = Assert.Single(folder.Problems(text.ToString()));

        Assert.Contains("QNT0110: more than 20000 keys and values", line, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Deep_nesting_is_refused_quickly(string opening)
    {
        var watch = Stopwatch.StartNew();
        var line = Assert.Single(folder.Problems("a:\n " + string.Concat(Enumerable.Repeat(opening, 200_000 / opening.Length))));

        Assert.Contains("QNT0110: nested deeper than 64 levels", line, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Fact]
    public void A_huge_file_is_refused_without_being_parsed()
    {
        var path = folder.Write("huge.yaml", "");
        using (var stream = File.OpenWrite(path))
        {
            stream.SetLength(3L << 30);
        }

        Assert.Equal(["huge.yaml: error QNT0101: the file is larger than 1024 KiB; is it a config?"], folder.ProblemsOf(path));
    }

    [Fact]
    public void Many_unknown_keys_are_reported_in_time()
    {
        var text = string.Concat(Enumerable.Range(0, 8000).Select(i => $"unknown_key_with_a_long_name_{i}: 1\n"));
        var watch = Stopwatch.StartNew();

        Assert.Equal(8000, folder.ProblemsOfMinimal(text).Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData(new byte[] { 0x50, 0x4b, 3, 4, 0, 0, 0, 0 }, "the file is binary, not YAML text")]
    [InlineData(new byte[] { 0x80, 0x02, 0x7d, 0x71 }, "the file is not UTF-8 text")]
    [InlineData(new byte[] { 0xff, 0xfe, 0x61, 0, 0x3a, 0 }, "the file is not UTF-8 text")]
    public void A_binary_file_is_refused(byte[] bytes, string problem)
    {
        File.WriteAllBytes(folder.PathOf("b.yaml"), bytes);

        Assert.Equal([$"b.yaml: error QNT0101: {problem}"], folder.ProblemsOf(folder.PathOf("b.yaml")));
    }

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_do_not_matter()
    {
        var loaded = folder.Load("\uFEFF" + ConfigFolder.Minimal.ReplaceLineEndings("\r\n") + "seed: 5\r\n");

        Assert.Equal(5, loaded.Config.Seed);
        Assert.Equal(9, loaded.LocationOf("seed")!.Line);
    }

    [Fact]
    public void Damaged_text_never_ends_in_anything_but_a_located_error()
    {
        var text = File.ReadAllText(Path.Combine(ConfigFolder.Repository, "deploy_configs", "centerpoint_sim_int8.yaml"));
        text = text[text.IndexOf("name:", StringComparison.Ordinal)..];
        var damage = Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 12], Gen.OneOf(Gen.String[Gen.Char[" \t\n:-[]{}#&*!|>'\"%@`,?\\.0aU"], 0, 12], Gen.String[0, 6]));
        Gen.Select(damage, damage).Sample((a, b) => Survives(Damage(Damage(text, a), b)), iter: 2000, threads: 1);
    }

    private static string Damage(string text, (int At, int Cut, string With) damage)
    {
        var at = Math.Min(damage.At, text.Length);
        return text[..at] + damage.With + text[Math.Min(text.Length, at + damage.Cut)..];
    }

    private bool Survives(string text)
    {
        try
        {
            folder.Load(text);
            return true;
        }
        catch (QuantException error)
        {
            return error.Diagnostics.All(item => item.Location is not null && item.Code.StartsWith("QNT01", StringComparison.Ordinal));
        }
    }
}
