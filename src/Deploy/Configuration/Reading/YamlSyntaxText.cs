using YamlDotNet.Core;

namespace Deploy.Configuration.Reading;

/// <summary>Says what a YAML syntax error means to the person who wrote the file.</summary>
internal static class YamlSyntaxText
{
    /// <summary>The parser's own words, or better ones for tabs, the commonest mistake.</summary>
    public static string Explain(YamlException error, string text)
    {
        var rest = LineFrom(error.Start, text);
        if (rest.StartsWith('\t'))
        {
            return "a tab cannot indent YAML; use spaces";
        }

        return rest.Length > 0 && rest[0] is '@' or '`'
            ? $"'{rest[0]}' cannot start a value in YAML; put the value in quotes"
            : $"not valid YAML: {error.Message.TrimEnd('.')}";
    }

    private static string LineFrom(Mark at, string text)
    {
        var line = text.Split('\n').ElementAtOrDefault((int)at.Line - 1) ?? "";
        return at.Column >= 1 && at.Column <= line.Length ? line[((int)at.Column - 1)..] : "";
    }
}
