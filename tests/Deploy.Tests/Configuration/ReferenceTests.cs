using Deploy.Configuration;
using Testing;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class ReferenceTests
{
    private const string Begin = "<!-- keys:begin (generated from the records; UPDATE_GOLDEN=1 rewrites it) -->\n";
    private const string End = "\n<!-- keys:end -->";

    [Fact]
    public void The_page_holds_the_generated_tables()
    {
        var path = Path.Combine(ConfigFolder.Repository, "docs", "config.md");
        var page = File.ReadAllText(path).ReplaceLineEndings("\n");
        var start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.InRange(end, start, page.Length);

        Golden.Match(path, page[..start] + ConfigReference.Generate() + page[end..]);
    }

    [Fact]
    public void The_page_names_every_diagnostic_of_this_area()
    {
        var page = File.ReadAllText(Path.Combine(ConfigFolder.Repository, "docs", "config.md"));
        var codes = typeof(Quant.Core.Diagnostics.DiagnosticCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!)
            .Where(code => string.CompareOrdinal(code, "QNT0100") > 0 && string.CompareOrdinal(code, "QNT0150") < 0).ToList();

        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.Contains(code, page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_YAML_example_of_the_page_loads()
    {
        var page = File.ReadAllText(Path.Combine(ConfigFolder.Repository, "docs", "config.md")).ReplaceLineEndings("\n");
        var blocks = page.Split("```yaml\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)]).ToList();

        Assert.NotEmpty(blocks);
        using var folder = new ConfigFolder();
        foreach (var path in Directory.GetFiles(Path.Combine(ConfigFolder.Repository, "deploy_configs"), "*.yaml", SearchOption.AllDirectories))
        {
            folder.Write(Path.GetRelativePath(Path.Combine(ConfigFolder.Repository, "deploy_configs"), path), File.ReadAllText(path));
        }

        foreach (var block in blocks)
        {
            folder.Load(block);
        }
    }
}
