using Deploy.Output;
using Deploy.Tests.Engines.TensorRt;
using Testing;

namespace Deploy.Tests.Commands;

/// <summary>What people read on stdout fits a terminal of 80 columns, and nothing of it is cut off.</summary>
public sealed class NarrowTerminalTests : IDisposable
{
    private readonly TempFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public void Doctor_names_a_trtexec_in_a_deep_folder_whole()
    {
        var fake = new FakeTrtexec(work, new { version = "10.3.0" });
        var deep = Deep();
        File.Copy(fake.Program, Path.Combine(deep, "trtexec"));

        var result = DeployRunner.Run(deep, ["doctor", "--config", DeployRunner.SampleConfig]);

        Assert.Equal(0, result.ExitCode);
        Fits(result);
        Assert.Contains($"{deep}/trtexec,TensorRT10.3.0", Squeezed(result), StringComparison.Ordinal);
        Assert.Contains(result.Output.Split('\n'), line => line.StartsWith("libtorch       ", StringComparison.Ordinal));
    }

    [Fact]
    public void Doctor_says_what_is_missing_within_the_width()
    {
        var result = DeployRunner.Run("doctor", "--config", DeployRunner.SampleConfig, "--set", $"checkpoint_path={Deep()}/none.pth");

        Fits(result);
        Assert.Contains($"checkpointismissing:{Deep()}/none.pth;setcheckpoint_path", Squeezed(result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("centerpoint_sim_int8.yaml", false)]
    [InlineData("centerpoint_sim_int8.yaml", true)]
    [InlineData("awml_second_secfpn_121m_int8.yaml", true)]
    public void Every_value_of_a_config_is_shown_with_its_place(string name, bool origin)
    {
        var config = Path.Combine(Repository.Root, "deploy_configs", name);
        var loaded = Deploy.Configuration.ConfigLoader.Load(config, [$"work_dir={Deep()}"]);

        var result = DeployRunner.Run(["config", "show", "--config", config, "--set", $"work_dir={Deep()}", .. origin ? ["--origin"] : Array.Empty<string>()]);

        Fits(result);
        var (text, from) = (Squeezed(result), 0);
        foreach (var (key, value, place) in Deploy.Configuration.ConfigOrigin.List(loaded))
        {
            // In order, each line whole: a key's value and place stand before the next key.
            var expected = $"{key}={value}{(origin ? $"#{Near(place)}" : "")}".Replace(" ", "", StringComparison.Ordinal);
            Assert.Equal(expected, text.Substring(from, Math.Min(expected.Length, text.Length - from)));
            from += expected.Length;
        }

        Assert.Equal(text.Length, from);
    }

    [Fact]
    public void A_value_that_fits_has_its_place_on_its_line() =>
        Assert.Contains("seed = 5    # <command line>", DeployRunner.Run("config", "show", "--origin", "--config", DeployRunner.SampleConfig, "--set", "seed=5").Output.Split('\n').Select(line => line.TrimEnd('\r')));

    private static string Near(string place) => Path.IsPathRooted(place) ? new[] { place, Path.GetRelativePath(".", place) }.MinBy(path => path.Length)! : place;

    private static void Fits(DeployRunner result) => Assert.All(result.Output.TrimEnd().Split('\n'), line => Assert.InRange(line.TrimEnd('\r').Length, 1, Terminal.Columns));

    private static string Squeezed(DeployRunner result) => string.Concat(result.Output.Where(letter => !char.IsWhiteSpace(letter)));

    private string Deep() => Directory.CreateDirectory(work.File(string.Join('/', Enumerable.Repeat("a-long-folder-name", 6)))).FullName;
}
