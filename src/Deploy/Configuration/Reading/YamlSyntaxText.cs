using YamlDotNet.Core;

namespace Deploy.Configuration.Reading;

/// <summary>Says what a YAML syntax error means to the person who wrote the file.</summary>
internal static class YamlSyntaxText
{
    /// <summary>The parser's own words and place, or better ones for tabs, the commonest mistake, and reserved characters.</summary>
    public static (string Message, Mark At) Explain(YamlException error, string text)
    {
        var lines = text.Split('\n');
        var first = (int)Math.Clamp(error.Start.Line, 1, lines.Length);
        for (var line = first; line <= lines.Length; line++)
        {
            var indent = lines[line - 1].TakeWhile(char.IsWhiteSpace).ToList();
            if (indent.Count < lines[line - 1].Length && indent.IndexOf('\t') is var column and >= 0)
            {
                return ("a tab cannot indent YAML; use spaces", new Mark(0, line, column + 1));
            }
        }

        var at = lines[first - 1].ElementAtOrDefault((int)Math.Max(error.Start.Column, 1) - 1);
        return at is '@' or '`'
            ? ($"'{at}' cannot start a value in YAML; put the value in quotes", error.Start)
            : ($"not valid YAML: {error.Message.TrimEnd('.')}", error.Start);
    }
}
