using System.Text.RegularExpressions;
using Testing;

namespace Architecture.Tests;

/// <summary>Documents that follow from the sources.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_code_is_explained_once_in_docs_diagnostics()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "src", "Quant.Core", "Diagnostics", "DiagnosticCodes.cs"));
        var codes = Code().Matches(source).Select(match => (Code: match.Groups[2].Value, Text: Plain(match.Groups[1].Value))).OrderBy(item => item.Code, StringComparer.Ordinal).ToList();
        var file = Path.Combine(Repository.Root, "docs", "diagnostics.md");
        var table = string.Concat(codes.Select(item => $"| {item.Code} | {item.Text} |\n"));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            var text = File.ReadAllText(file);
            File.WriteAllText(file, text[..(text.IndexOf("| --- |", StringComparison.Ordinal) + "| --- | --- |\n".Length)] + table);
        }

        Assert.Equal(codes.Count, codes.Select(item => item.Code).Distinct().Count());
        Assert.Equal(Regex.Count(source, "\"QNT"), codes.Count);
        Assert.EndsWith(table, File.ReadAllText(file), StringComparison.Ordinal);
    }

    private static string Plain(string comment) =>
        Space().Replace(Tag().Replace(comment.Replace("///", "", StringComparison.Ordinal), "`"), " ").Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Trim();

    [GeneratedRegex("<summary>((?:(?!</summary>)[\\s\\S])*)</summary>\\s+public const string \\w+ = \"(QNT\\d{4})\";")]
    private static partial Regex Code();

    [GeneratedRegex("</?(c|see[^>]*)/?>")]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+")]
    private static partial Regex Space();
}
