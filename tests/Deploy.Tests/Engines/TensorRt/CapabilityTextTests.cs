using Deploy.Engines.TensorRt;
using Testing;

namespace Deploy.Tests.Engines.TensorRt;

public sealed class CapabilityTextTests
{
    [Fact]
    public void The_documented_table_is_the_one_in_use()
    {
        static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";
        var table = Line(CapabilityText.Titles) + Line(CapabilityText.Titles.Select(_ => "---")) + string.Concat(CapabilityText.Rows.Select(Line));

        Assert.Contains(table, File.ReadAllText(Path.Combine(Repository.Root, "docs", "tensorrt.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_is_described_with_what_it_lacks_and_what_stands_in_its_place()
    {
        var lines = CapabilityText.Describe(TrtexecCapabilities.For(new TensorRtVersion(11, 0, 0)));

        Assert.Contains("typing: from the graph only", lines);
        Assert.Contains("--int8 (now Q/DQ nodes in a typed graph)", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("--skipInference,", lines[^1], StringComparison.Ordinal);
    }
}
