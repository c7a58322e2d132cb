using System.Diagnostics;
using Testing;

namespace Quant.Tasks.Tests.Consumers;

/// <summary>A project outside the repository that references the package from the local feed.</summary>
internal sealed class Consumer : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly PackageFeed feed;

    /// <summary>A project with some models and further MSBuild text.</summary>
    public Consumer(PackageFeed feed, string models, string more = "", string? tool = null)
    {
        this.feed = feed;
        Write("nuget.config", $"""<configuration><packageSources><clear /><add key="feed" value="{feed.Feed}" /></packageSources></configuration>""");
        Write("App.csproj", Project(models, more, tool));
    }

    public static string FakeWorker { get; } = PackageFeed.Output("tests/FakeTools/FakeWorker", "FakeWorker.dll");

    public string Root => folder.Path;

    /// <summary>What the fake worker was asked to do since the last look, one <c>CONFIG STAGE</c> each.</summary>
    public string[] TakeCalls()
    {
        var log = File("calls.log");
        var calls = System.IO.File.Exists(log) ? System.IO.File.ReadAllLines(log) : [];
        System.IO.File.Delete(log);
        return calls;
    }

    public static string Project(string models, string more = "", string? tool = null) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <QuantToolAssembly>{tool ?? FakeWorker}</QuantToolAssembly>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Quant.Tasks" Version="{PackageFeed.Version}" PrivateAssets="all" />
            {models}
          </ItemGroup>
          {more}
        </Project>
        """;

    public string File(string name) => Path.Combine(Root, name);

    public bool Exists(string name) => Path.Exists(File(name));

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), text);
    }

    /// <summary>Makes a file newer than everything that was built from it.</summary>
    public void Touch(string name) => System.IO.File.SetLastWriteTimeUtc(File(name), DateTime.UtcNow.AddSeconds(1));

    public Task<DotnetResult> RunAsync(params string[] arguments) => Dotnet.RunAsync(Root, Environment(), arguments);

    public Task<DotnetResult> DeployAsync(params string[] more) => RunAsync(["build", "-t:QuantDeploy", "-nologo", .. more]);

    public Process Start(params string[] arguments) => Dotnet.Start(Root, Environment(), arguments);

    /// <summary>Restores the project, so that later builds in a test differ by nothing else.</summary>
    public async Task RestoreAsync()
    {
        var restore = await RunAsync("restore");
        Assert.True(restore.ExitCode == 0, restore.Output);
    }

    public void Dispose() => folder.Dispose();

    private Dictionary<string, string> Environment() => new()
    {
        ["NUGET_PACKAGES"] = feed.Cache,
        // The user's own list of restored local tools stays out of it.
        ["DOTNET_CLI_HOME"] = feed.Home,
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
    };
}
