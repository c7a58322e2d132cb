using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt.Exports;

/// <summary>
/// Reads the JSON that trtexec exports. trtexec does not escape names, so a quote, backslash or control character in one makes invalid JSON,
/// and values may be <c>nan</c> or <c>inf</c>: a text that does not parse is repaired and parsed again.
/// </summary>
internal static partial class LenientJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    /// <summary>Reads a file.</summary>
    /// <exception cref="QuantException">QNT0505: missing, cut off, or no JSON even after repair.</exception>
    public static JsonDocument ReadFile(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error.Message, 0, 0, error);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="QuantException">QNT0505: cut off, or no JSON even after repair.</exception>
    public static JsonDocument Parse(string text, string path)
    {
        try
        {
            return JsonDocument.Parse(text, Options);
        }
        catch (JsonException)
        {
            // Repaired below.
        }

        try
        {
            return JsonDocument.Parse(Repair(text), Options);
        }
        catch (JsonException error)
        {
            throw Unreadable(path, "it is cut off or no JSON", (int)(error.LineNumber ?? -1) + 1, (int)(error.BytePositionInLine ?? -1) + 1, error);
        }
    }

    /// <summary>Escapes what stands inside strings and quotes numbers that are none.</summary>
    internal static string Repair(string text)
    {
        var result = new StringBuilder(text.Length + 64);
        var containers = new Stack<char>();
        for (var index = 0; index < text.Length; index++)
        {
            var symbol = text[index];
            if (symbol == '"')
            {
                index = CopyString(text, index, containers.TryPeek(out var container) && container == '{', result);
            }
            else if (NotANumber().Match(text, index) is { Success: true } word && word.Index == index)
            {
                result.Append('"').Append(word.Value).Append('"');
                index += word.Length - 1;
            }
            else
            {
                if (symbol is '{' or '[')
                {
                    containers.Push(symbol);
                }
                else if (symbol is '}' or ']' && containers.Count > 0)
                {
                    containers.Pop();
                }

                result.Append(symbol);
            }
        }

        return result.ToString();
    }

    /// <summary>Copies the string that opens at <paramref name="open"/>; returns where it closes.</summary>
    private static int CopyString(string text, int open, bool inObject, StringBuilder result)
    {
        result.Append('"');
        var index = open + 1;
        for (; index < text.Length && !(text[index] == '"' && Closes(text, index + 1, inObject)); index++)
        {
            result.Append(text[index] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' => $"\\u{(int)text[index]:x4}",
                _ => text[index].ToString(),
            });
        }

        result.Append('"');
        return index;
    }

    /// <summary>A quote ends its string when what follows could only follow a string: a colon, a closing bracket, or a comma and the next item.</summary>
    private static bool Closes(string text, int index, bool inObject)
    {
        if (AfterString().Match(text, index) is not { Success: true } follower)
        {
            return false;
        }

        var next = follower.Index + follower.Length;
        return follower.Groups[1].Value switch
        {
            "," => (inObject ? NextMember() : NextItem()).IsMatch(text, next),
            "}" => inObject && AfterContainer().IsMatch(text, next),
            "]" => !inObject && AfterContainer().IsMatch(text, next),
            ":" => inObject,
            _ => true,
        };
    }

    private static QuantException Unreadable(string path, string why, int line, int column, Exception inner) => new(
        DiagnosticCodes.TrtexecExportUnreadable,
        $"this is not what trtexec exports: {why}; run trtexec again and let it end by itself",
        new SourceLocation(path, line, column),
        inner);

    [GeneratedRegex(@"\G\s*([,:}\]]|\z)")]
    private static partial Regex AfterString();

    [GeneratedRegex("\\G\\s*\"[^\"\\n]{0,200}\"\\s*:")]
    private static partial Regex NextMember();

    [GeneratedRegex(@"\G\s*(?:[,\]}]|\z)")]
    private static partial Regex AfterContainer();

    [GeneratedRegex("\\G\\s*[\"{\\[0-9tfn-]")]
    private static partial Regex NextItem();

    [GeneratedRegex(@"\G-?(?:nan|inf(?:inity)?)(?:\([a-z0-9]*\))?\b", RegexOptions.IgnoreCase)]
    private static partial Regex NotANumber();
}
