using System.Text.Json;
using Testing;

namespace Deploy.Tests.Commands;

/// <summary>--request and --result: what the MSBuild tasks give and get.</summary>
public sealed class WorkerFilesTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_result_names_everything_that_was_read_and_left()
    {
        Request(DeployRunner.SampleConfig, "seed=3");

        var run = DeployRunner.Run("run", "--to", "load", "--request", folder.File("request.json"), "--result", folder.File("result.json"));

        Assert.True(run.ExitCode == 0, run.Error);
        var result = Result();
        Assert.Equal((1, 0), (result.GetProperty("version").GetInt32(), result.GetProperty("exit_code").GetInt32()));
        Assert.Equal(folder.File("work"), result.GetProperty("work_dir").GetString());
        var inputs = Strings(result, "inputs");
        Assert.Equal(DeployRunner.SampleConfig, inputs[0]);
        Assert.All(inputs, file => Assert.True(Path.IsPathFullyQualified(file) && File.Exists(file), file));
        foreach (var name in (string[])["gates.yaml", "quantization.yaml", "runtime.yaml", "centerpoint_tiny.pth", "sample_annotation.json"])
        {
            Assert.Contains(inputs, file => Path.GetFileName(file) == name);
        }

        Assert.Equal(["load.json", "checkpoint.json"], Strings(result, "outputs").Select(file => Path.GetFileName(file)));
    }

    [Fact]
    public void A_broken_config_comes_back_with_places()
    {
        File.WriteAllText(folder.File("c.yaml"), "name: a\nmodel:\n  thresold: 1\n");
        Request(folder.File("c.yaml"));

        var run = DeployRunner.Run("run", "--request", folder.File("request.json"), "--result", folder.File("result.json"));

        Assert.Equal(2, run.ExitCode);
        var diagnostics = Result().GetProperty("diagnostics").EnumerateArray().ToList();
        var unknown = diagnostics.Single(item => item.GetProperty("code").GetString() == "QNT0102");
        Assert.Equal((3, 3, "error"), (unknown.GetProperty("line").GetInt32(), unknown.GetProperty("column").GetInt32(), unknown.GetProperty("severity").GetString()));
        Assert.EndsWith("c.yaml", unknown.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.True(diagnostics.Count > 1);
    }

    [Fact]
    public void The_command_line_wins_over_the_request()
    {
        Request(DeployRunner.SampleConfig, "seed=3");

        var run = DeployRunner.Run("config", "show", "--request", folder.File("request.json"), "--set", "seed=5");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("seed = 5\n", run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains(folder.File("work"), run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"version": 2, "config": "c.yaml"}""", "version 2")]
    [InlineData("""{"version": 1}""", "no config")]
    [InlineData("""[1, 2""", "cannot be read")]
    [InlineData(null, "missing")]
    public void A_request_that_cannot_be_read_is_told(string? text, string says)
    {
        if (text is not null)
        {
            File.WriteAllText(folder.File("request.json"), text);
        }

        var run = DeployRunner.Run("run", "--request", folder.File("request.json"), "--result", folder.File("result.json"));

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("error QNT0930", run.Error, StringComparison.Ordinal);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Equal(3, Result().GetProperty("exit_code").GetInt32());
    }

    private void Request(string config, params string[] set) =>
        File.WriteAllText(folder.File("request.json"), JsonSerializer.Serialize(new { version = 1, config, work_dir = folder.File("work"), device = "cpu", set }));

    private JsonElement Result() => JsonDocument.Parse(File.ReadAllText(folder.File("result.json"))).RootElement;

    private static List<string> Strings(JsonElement result, string name) => [.. result.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}
