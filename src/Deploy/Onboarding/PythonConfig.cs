using System.Globalization;
using System.Text;
using Quant.Core.Diagnostics;

namespace Deploy.Onboarding;

/// <summary>
/// Reads the Python-like text of an MMEngine config (<c>meta.cfg</c> of a checkpoint) as data; nothing is executed. Understood are assignments of
/// literals, lists, tuples, dicts, <c>dict(key=value)</c>, earlier names, + − * / and parentheses. A statement that is anything else is left out and noted.
/// </summary>
/// <param name="Values">Top-level names: null, bool, double, string, List of values or Dictionary of values.</param>
/// <param name="LeftOut">What was not understood, with its line.</param>
public sealed record PythonConfig(IReadOnlyDictionary<string, object?> Values, IReadOnlyList<string> LeftOut)
{
    /// <summary>Longer texts are refused.</summary>
    public const int MaximumLength = 4 << 20;

    private const int MaximumDepth = 64;

    /// <summary>Reads a config's text.</summary>
    /// <exception cref="QuantException">QNT0220: the text is too long.</exception>
    public static PythonConfig Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaximumLength)
        {
            throw new QuantException(DiagnosticCodes.TrainingConfigUnreadable, $"the training config in the checkpoint has {text.Length} characters; at most {MaximumLength} are read");
        }

        var (values, notes) = (new Dictionary<string, object?>(StringComparer.Ordinal), new List<string>());
        var reader = new Reader(text, values);
        while (reader.NextStatement() is { } line)
        {
            try
            {
                reader.Assignment();
            }
            catch (FormatException problem)
            {
                notes.Add($"line {line}: {problem.Message}");
                reader.SkipStatement();
            }
        }

        return new PythonConfig(values, notes);
    }

    /// <summary>A value inside nested dicts, such as <c>model.pts_backbone.out_channels</c>; null when any part is missing.</summary>
    public object? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        object? value = Values;
        foreach (var name in path.Split('.'))
        {
            value = value is IReadOnlyDictionary<string, object?> map ? map.GetValueOrDefault(name) : null;
        }

        return value;
    }

    private sealed class Reader(string text, Dictionary<string, object?> names)
    {
        private int at;
        private int start;
        private int depth;

        /// <summary>Moves to the next statement; its line, or null at the end.</summary>
        public int? NextStatement()
        {
            SkipSpace(true);
            (start, depth) = (at, 0);
            return at < text.Length ? Line() : null;
        }

        public void Assignment()
        {
            var name = Name() ?? throw new FormatException("this is no assignment");
            SkipSpace(false);
            if (!Take('=') || Peek() == '=')
            {
                throw new FormatException($"'{name}' is not followed by '='");
            }

            var value = Sum();
            SkipSpace(false);
            if (at < text.Length && text[at] is not ('\n' or '\r' or ';'))
            {
                throw new FormatException($"'{name}' has a value that is more than data");
            }

            names[name] = value;
        }

        /// <summary>To the end of the line on which all brackets that the statement opened are closed.</summary>
        public void SkipStatement()
        {
            at = start;
            var open = 0;
            for (; at < text.Length; at++)
            {
                switch (text[at])
                {
                    case '(' or '[' or '{': open++; break;
                    case ')' or ']' or '}': open--; break;
                    case '#': at = EndOfLine() - 1; break;
                    case '"' or '\'': SkipText(); break;
                    case '\n' when open <= 0: return;
                    default: break;
                }
            }
        }

        private object? Sum()
        {
            var left = Product();
            while (true)
            {
                SkipSpace(depth > 0);
                var sign = Peek();
                if (sign is not ('+' or '-'))
                {
                    return left;
                }

                at++;
                left = (left, sign, Product()) switch
                {
                    (double a, '+', double b) => a + b,
                    (double a, '-', double b) => a - b,
                    (string a, '+', string b) => Bounded(a + b),
                    (List<object?> a, '+', List<object?> b) => Bounded([.. a, .. b]),
                    _ => throw new FormatException($"'{sign}' joins values it cannot join"),
                };
            }
        }

        private object? Product()
        {
            var left = Value();
            while (true)
            {
                SkipSpace(depth > 0);
                var sign = Peek();
                if (sign is not ('*' or '/'))
                {
                    return left;
                }

                at++;
                var whole = Take(sign);
                left = (left, sign, Value()) switch
                {
                    (double a, '*', double b) when !whole => a * b,
                    (List<object?> a, '*', double b) when !whole && b * a.Count is >= 0 and <= 100_000 => Enumerable.Repeat(a, (int)b).SelectMany(items => items).ToList(),
                    (double a, '*', double b) => Math.Pow(a, b),
                    (double a, '/', double b) when b != 0 => whole ? Math.Floor(a / b) : a / b,
                    _ => throw new FormatException($"'{sign}' joins values it cannot join"),
                };
            }
        }

        private object? Value()
        {
            SkipSpace(depth > 0);
            if (++depth > MaximumDepth)
            {
                throw new FormatException($"values are nested more than {MaximumDepth} deep");
            }

            var value = Peek() switch
            {
                '[' => Items(']'),
                '(' => Group(),
                '{' => Braces(),
                '"' or '\'' => Texts(),
                '-' => Negative(),
                var digit when char.IsAsciiDigit(digit) || digit == '.' => Number(),
                _ => Word(),
            };
            depth--;
            return value;
        }

        private object? Negative()
        {
            at++;
            return Value() is double number ? -number : throw new FormatException("'-' stands before something that is no number");
        }

        private object? Group()
        {
            var from = at;
            var items = Items(')');
            // (x) is x, (x,) and () are tuples.
            var inner = text[(from + 1)..(at - 1)].TrimEnd();
            return items.Count == 1 && !inner.EndsWith(',') ? items[0] : items;
        }

        private List<object?> Items(char end)
        {
            at++;
            var items = new List<object?>();
            while (true)
            {
                SkipSpace(true);
                if (Take(end))
                {
                    return items;
                }

                items.Add(Sum());
                Separate(end);
            }
        }

        private Dictionary<string, object?> Braces()
        {
            at++;
            var map = new Dictionary<string, object?>(StringComparer.Ordinal);
            while (true)
            {
                SkipSpace(true);
                if (Take('}'))
                {
                    return map;
                }

                var key = Value() switch
                {
                    string name => name,
                    double number => number.ToString("R", CultureInfo.InvariantCulture),
                    _ => throw new FormatException("a key is neither text nor a number"),
                };
                SkipSpace(true);
                if (!Take(':'))
                {
                    throw new FormatException($"key '{key}' has no ':'");
                }

                map[key] = Sum();
                Separate('}');
            }
        }

        private object? Word()
        {
            var name = Name() ?? throw new FormatException($"'{Peek()}' starts no value");
            if (name == "dict")
            {
                SkipSpace(false);
                return Peek() == '(' ? Keywords() : throw new FormatException("'dict' is not called");
            }

            if (Peek() is '(' or '.' or '[')
            {
                throw new FormatException($"'{name}{Peek()}' is more than data");
            }

            return name switch
            {
                "None" => null,
                "True" => true,
                "False" => false,
                _ => names.TryGetValue(name, out var value) ? value : throw new FormatException($"'{name}' is not known"),
            };
        }

        private Dictionary<string, object?> Keywords()
        {
            at++;
            var map = new Dictionary<string, object?>(StringComparer.Ordinal);
            while (true)
            {
                SkipSpace(true);
                if (Take(')'))
                {
                    return map;
                }

                var key = Name() ?? throw new FormatException("an argument of dict() has no name");
                SkipSpace(true);
                if (!Take('='))
                {
                    throw new FormatException($"argument '{key}' of dict() has no value");
                }

                map[key] = Sum();
                Separate(')');
            }
        }

        private string Texts()
        {
            var all = new StringBuilder();
            while (Peek() is '"' or '\'')
            {
                all.Append(Unquoted());
                SkipSpace(depth > 1);
            }

            return all.ToString();
        }

        private string Unquoted()
        {
            var from = at;
            SkipText();
            var quoted = text[from..Math.Min(at + 1, text.Length)];
            at++;
            var width = quoted.Length >= 6 && quoted[..3] == new string(quoted[0], 3) ? 3 : 1;
            if (quoted.Length < 2 * width || quoted[^1] != quoted[0])
            {
                throw new FormatException("a text has no end");
            }

            return quoted[width..^width].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        }

        /// <summary>From an opening quote to the closing one, or to the end.</summary>
        private void SkipText()
        {
            var quote = text[at];
            var triple = at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote;
            for (at += triple ? 3 : 1; at < text.Length; at++)
            {
                if (text[at] == '\\')
                {
                    at++;
                }
                else if (text[at] == quote && (!triple || (at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote)))
                {
                    at += triple ? 2 : 0;
                    return;
                }
                else if (text[at] == '\n' && !triple)
                {
                    return;
                }
            }
        }

        private double Number()
        {
            var from = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '.' or '_' || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E')))
            {
                at++;
            }

            var word = text[from..at].Replace("_", "", StringComparison.Ordinal);
            return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{word}' is no number");
        }

        private string? Name()
        {
            var from = at;
            while (at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == '_' || (at > from && char.IsAsciiDigit(text[at]))))
            {
                at++;
            }

            return at > from ? text[from..at] : null;
        }

        private void Separate(char end)
        {
            SkipSpace(true);
            if (!Take(',') && Peek() != end)
            {
                throw new FormatException(at < text.Length ? $"',' or '{end}' is missing before '{Peek()}'" : $"'{end}' is missing at the end of the text");
            }
        }

        private bool Take(char sign)
        {
            var found = Peek() == sign && at < text.Length;
            at += found ? 1 : 0;
            return found;
        }

        private char Peek() => at < text.Length ? text[at] : '\0';

        private void SkipSpace(bool lines)
        {
            while (at < text.Length && (text[at] is ' ' or '\t' or '#' or '\\' || (lines && text[at] is '\n' or '\r' or ';')))
            {
                at = text[at] == '#' ? EndOfLine() : text[at] == '\\' && at + 1 < text.Length ? at + 2 : at + 1;
            }
        }

        private int EndOfLine() => text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length;

        private int Line() => text.AsSpan(0, at).Count('\n') + 1;

        private static string Bounded(string value) => value.Length <= MaximumLength ? value : throw new FormatException("a text grows too long");

        private static List<object?> Bounded(List<object?> value) => value.Count <= 100_000 ? value : throw new FormatException("a list grows too long");
    }
}
