using System.Text;
using System.Text.Json;
using Deploy.Pipeline;
using Testing;

namespace Deploy.Tests.Faults;

[Collection("faults")]
public sealed class SecretTests
{
    private static readonly string[] Allowed = ["libtorch", "onnxruntime", "device", "threads", "os", "architecture", "dotnet", "processors"];

    [Fact]
    public void Nothing_that_a_run_leaves_or_prints_holds_the_environment()
    {
        using var work = new TempFolder();
        const string secret = "hunter2-7f3a9c";
        string[] names = ["AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "NUGET_API_KEY", "QUANT_TEST_PASSWORD", "USER", "HOSTNAME"];

        var result = SmallJob.Finish(SmallJob.Start(SmallJob.Options(work.Path, "--verbose", "--json"), names.ToDictionary(name => name, name => $"{secret}-{name}")));

        Assert.True(result.ExitCode is 0 or 1, result.Error);
        Assert.DoesNotContain(secret, result.Output + result.Error, StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(secret);
        Assert.All(Directory.EnumerateFiles(work.Path, "*", SearchOption.AllDirectories), file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(bytes)));
        var environment = JsonFile.Read<JsonElement>(work.File("manifest.json")).GetProperty("environment");
        Assert.Equal(Allowed.Order(), environment.EnumerateObject().Select(item => item.Name).Order());
    }
}
