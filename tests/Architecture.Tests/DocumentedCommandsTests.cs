using System.Text.RegularExpressions;
using Deploy.Commands;
using Deploy.Configuration;
using Deploy.Pipeline;
using Testing;

namespace Architecture.Tests;

/// <summary>What README and docs tell a reader to type, write into a config or open is there.</summary>
public sealed partial class DocumentedCommandsTests
{
    private static readonly string[] Pages =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "samples/README.md" },
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> AllPages() => [.. Pages];

    [Fact]
    public void The_pages_hold_enough_commands_for_these_tests_to_mean_something()
    {
        Assert.InRange(Pages.Sum(page => Commands(page).Count()), 10, int.MaxValue);
        Assert.InRange(Pages.Sum(page => Target().Count(Text(page))), 5, int.MaxValue);
        Assert.InRange(Pages.Sum(page => ConfigBlocks(page).Count()), 3, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_deploy_command_parses(string page)
    {
        var root = DeployCommandLine.Create(Surroundings.Read(), TextWriter.Null, TextWriter.Null, interactive: false);

        Assert.All(Commands(page), command => Assert.Empty(root.Parse(command).Errors.Select(error => $"{string.Join(' ', command)}: {error.Message}")));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_override_names_a_key_and_a_value_it_takes(string page)
    {
        var config = Path.Combine(Repository.Root, "deploy_configs", "centerpoint_sim_int8.yaml");
        var overrides = Override().Matches(Text(page)).Select(match => match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Groups["plain"].Value);

        Assert.All(overrides.Where(text => text is not ("key=value" or "…")), text => ConfigLoader.Load(config, [text]));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_config_example_loads(string page)
    {
        using var folder = TempFolder.CopyOf(Path.Combine(Repository.Root, "deploy_configs"));
        foreach (var block in ConfigBlocks(page))
        {
            // An example that shows some sections alone is meant on top of a config.
            var whole = Regex.IsMatch(block, "^(_base_|model):", RegexOptions.Multiline) ? block : $"_base_: centerpoint_sim_int8.yaml\n{block}";
            File.WriteAllText(folder.File("example.yaml"), whole);

            ConfigLoader.Load(folder.File("example.yaml"), []);
        }
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_build_target_exists(string page)
    {
        var tasks = Directory.GetFiles(Path.Combine(Repository.Root, "build", "Tasks"), "*.cs").SelectMany(file => TaskName().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToList();

        Assert.All(Target().Matches(Text(page)).Select(match => match.Groups[1].Value), target => Assert.Contains(target, tasks));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_link_and_named_file_of_the_repository_exists(string page)
    {
        var text = Text(page);
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        var links = Link().Matches(text).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal) && link[0] != '#').Select(link => Path.Combine(folder, link.Split('#')[0]));
        var names = NamedFile().Matches(text).Select(match => match.Groups[1].Value).Where(name => !name.EndsWith("/mine.yaml", StringComparison.Ordinal)).Select(name => Path.Combine(Repository.Root, name));

        Assert.All(links.Concat(names), path => Assert.True(Path.Exists(path), path));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_code_is_one_of_the_table(string page)
    {
        var table = File.ReadAllText(Path.Combine(Repository.Root, "src", "Quant.Core", "Diagnostics", "DiagnosticCodes.cs"));

        Assert.All(Regex.Matches(Text(page), @"QNT\d{4}\b"), match => Assert.Contains($"\"{match.Value}\"", table, StringComparison.Ordinal));
    }

    private static string Text(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    private static IEnumerable<string> Blocks(string page, string language) =>
        Fence().Matches(Text(page)).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    /// <summary>Blocks of deployment configs; those in docs/msbuild.md are of CI systems and tested beside the tasks.</summary>
    private static IEnumerable<string> ConfigBlocks(string page) => page == "docs/msbuild.md" ? [] : Blocks(page, "yaml");

    private static IEnumerable<string[]> Commands(string page) =>
        from line in Blocks(page, "sh").SelectMany(block => block.Split('\n'))
        from step in line.Split(" #")[0].Split("&&")
        let command = DeployCommand().Match(step.Trim())
        where command.Success
        select Word().Matches(command.Groups[1].Value).Select(word => word.Value.Trim('\'')).ToArray();

    [GeneratedRegex(@"^(?:dotnet tool run deploy|dotnet run .*--project src/Deploy --|deploy)\s+(.*)$")]
    private static partial Regex DeployCommand();

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"--set[ =](?:'(?<quoted>[^']+)'|(?<plain>[^\s`'|]+))")]
    private static partial Regex Override();

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"--target=(\w{2,})")]
    private static partial Regex Target();

    [GeneratedRegex("""TaskName\("(\w+)"\)""")]
    private static partial Regex TaskName();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:docs|src|tests|samples|build|deploy_configs|benchmarks)/[\w./-]+)`")]
    private static partial Regex NamedFile();
}
