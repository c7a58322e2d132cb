using System.Text.RegularExpressions;
using System.Xml.Linq;
using Testing;
using YamlDotNet.RepresentationModel;

namespace Quant.Tasks.Tests.Documentation;

/// <summary>docs/msbuild.md and the package say the same.</summary>
public sealed partial class MsbuildPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "msbuild.md"));
    private static readonly XElement Props = Load("props");
    private static readonly XElement Targets = Load("targets");

    [Fact]
    public void Every_public_target_is_documented_and_no_other() =>
        Assert.Equal(
            Targets.Elements("Target").Select(target => target.Attribute("Name")!.Value).Where(name => name[0] != '_').Order(),
            QuantName().Matches(Section("Targets")).Select(match => match.Value).Distinct().Order());

    [Fact]
    public void Every_property_that_is_read_is_documented_and_no_other()
    {
        var read = Property().Matches(Props.ToString() + Targets).Select(match => match.Groups[1].Value);
        Assert.Equal(read.Distinct().Order(), Rows("Properties").Select(row => row[0]).Order());
    }

    [Fact]
    public void The_documented_defaults_are_those_of_the_package()
    {
        var stated = Props.Elements("PropertyGroup").Elements().Where(property => property.Name != "QuantTasksAssembly").ToDictionary(property => property.Name.LocalName, property => property.Value);
        foreach (var (name, value) in stated)
        {
            Assert.Equal(value, Rows("Properties").Single(row => row[0] == name)[1]);
        }

        Assert.Equal("$(IntermediateOutputPath)quant/", Targets.Descendants("QuantIntermediatePath").First().Value);
        Assert.Contains("| `QuantIntermediatePath` | `$(IntermediateOutputPath)quant/` |", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_metadata_of_a_model_is_documented_and_no_other() =>
        Assert.Equal(
            Targets.Descendants("QuantModel").Single(item => item.Parent!.Name == "ItemDefinitionGroup").Elements().Select(item => item.Name.LocalName),
            Rows("Items").Where(row => row[0].Length == 0).Select(row => row[1]));

    [Fact]
    public void Every_task_of_the_package_is_declared()
    {
        var tasks = typeof(PipelineTask).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(Microsoft.Build.Framework.ITask)));
        Assert.Equal(tasks.Select(type => type.FullName).Order(), Targets.Elements("UsingTask").Select(task => task.Attribute("TaskName")!.Value).Order());
    }

    [Theory]
    [InlineData("GitHub Actions", "jobs")]
    [InlineData("Azure Pipelines", "steps")]
    [InlineData("GitLab", "engine")]
    public void The_examples_for_continuous_integration_are_valid_yaml(string system, string key)
    {
        var text = Regex.Match(Page, $"{system}:\n\n```yaml\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var root = Assert.IsType<YamlMappingNode>(Assert.Single(stream.Documents).RootNode);

        Assert.Contains(key, root.Children.Keys.Select(child => child.ToString()));
        Assert.Contains("-t:QuantDeploy", text, StringComparison.Ordinal);
        Assert.Contains("ache", text, StringComparison.Ordinal);
        foreach (Match property in Regex.Matches(text, "-p:(\\w+)="))
        {
            Assert.Contains(property.Groups[1].Value, Rows("Properties").Select(row => row[0]));
        }
    }

    [Fact]
    public void The_tasks_own_codes_are_in_the_table_of_codes()
    {
        var table = File.ReadAllText(Path.Combine(Repository.Root, "src", "Quant.Core", "Diagnostics", "DiagnosticCodes.cs"));
        var source = Targets + File.ReadAllText(Path.Combine(Repository.Root, "src", "Quant.Tasks", "TaskCodes.cs"));
        Assert.All(Regex.Matches(source, "QNT\\d{4}"), match => Assert.Contains($"\"{match.Value}\"", table, StringComparison.Ordinal));
    }

    [Fact]
    public void The_tasks_know_nothing_of_the_libraries()
    {
        var references = typeof(PipelineTask).Assembly.GetReferencedAssemblies().Select(name => name.Name!);
        Assert.All(references, name => Assert.True(name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft.Build", StringComparison.Ordinal), name));
    }

    private static XElement Load(string extension) => XElement.Load(Path.Combine(Repository.Root, "src", "Quant.Tasks", "build", $"Quant.Tasks.{extension}"));

    private static string Section(string title) => Regex.Match(Page, $"## {title}\n(.*?)(?=\n## )", RegexOptions.Singleline).Groups[1].Value.Split("```")[0];

    private static IEnumerable<string[]> Rows(string title) =>
        Section(title).Split('\n').Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim().Trim('`')).ToArray());

    [GeneratedRegex(@"\bQuant(?:Before|After)?(?:Quantize|Export|Compare|BuildEngine|Gate|Deploy)\b")]
    private static partial Regex QuantName();

    [GeneratedRegex(@"\$\((Quant\w+)\)")]
    private static partial Regex Property();
}
