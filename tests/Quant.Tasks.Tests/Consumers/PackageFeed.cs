using System.Reflection;
using Testing;

namespace Quant.Tasks.Tests.Consumers;

/// <summary>A local feed with the package as it would be published, and a NuGet cache that nobody else sees; made once per test run.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    public const string Version = "0.0.0-test";

    private readonly TempFolder folder = new();

    /// <summary>The configuration that the tests were built in.</summary>
    public static string Configuration { get; } =
        typeof(PackageFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(item => item.Key == "Configuration").Value!;

    public string Feed => folder.File("feed");

    public string Cache => folder.File("cache");

    public string Home => folder.File("home");

    /// <summary>A build output of this repository.</summary>
    public static string Output(string project, string file) => Path.Combine(Repository.Root, project, "bin", Configuration, "net10.0", file);

    /// <summary>Packs one project of the repository into the feed.</summary>
    public async Task PackAsync(string project)
    {
        var pack = await Dotnet.RunAsync(Repository.Root, null, "pack", Path.Combine(Repository.Root, project), "--no-build", "-c", Configuration, "-o", Feed, $"-p:Version={Version}", "-nologo");
        Assert.True(pack.ExitCode == 0, pack.Output);
    }

    public async ValueTask InitializeAsync() => await PackAsync("src/Quant.Tasks");

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
