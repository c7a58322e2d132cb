using System.Text.Json.Nodes;
using System.Xml.Linq;
using Testing;

namespace Architecture.Tests;

/// <summary>packages.lock.json of every project: NuGet makes a missing one anew even where only locked packages are allowed, and a stale one outside CI.</summary>
public sealed class LockFileTests
{
    public static TheoryData<string> Projects =>
        [.. new[] { "src", "tests", "build", "benchmarks" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_package_is_locked_by_content_at_the_version_that_is_asked_for(string project)
    {
        var file = Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, "packages.lock.json");
        Assert.True(File.Exists(file), $"{project} has no lock file; run 'dotnet restore'");
        var locked = JsonNode.Parse(File.ReadAllText(file))!["dependencies"]!["net10.0"]!.AsObject();
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").ToDictionary(item => item.Attribute("Include")!.Value, item => item.Attribute("Version")!.Value);

        Assert.All(locked.Where(package => (string?)package.Value!["type"] != "Project"), package =>
        {
            Assert.Equal(64, Convert.FromBase64String((string)package.Value!["contentHash"]!).Length);
            if (versions.TryGetValue(package.Key, out var version))
            {
                Assert.Equal(version, (string?)package.Value["resolved"]);
            }
        });
        var direct = XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("PackageReference").Where(item => (item.Attribute("Condition") ?? item.Parent!.Attribute("Condition")) is null).Select(item => item.Attribute("Include")!.Value);
        Assert.Equal([], direct.Except(locked.Where(package => (string?)package.Value!["type"] == "Direct").Select(package => package.Key)));
    }
}
