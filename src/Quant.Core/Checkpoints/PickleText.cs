using System.Globalization;
using System.Numerics;
using System.Text;

namespace Quant.Core.Checkpoints;

/// <summary>Literals of pickle protocol 0. Each method returns false for text that CPython would refuse too.</summary>
internal static class PickleText
{
    /// <summary>Decimal digits of the longest accepted integer.</summary>
    public const int MaxDigits = 2048;

    /// <summary>An integer as long, or as BigInteger when it does not fit.</summary>
    public static object Integer(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    /// <summary>Python's <c>repr</c> of an integer, with the L of Python 2.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> line, out object? value)
    {
        value = null;
        var text = Encoding.ASCII.GetString(line).Trim().TrimEnd('L');
        if (!BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        value = Integer(number);
        return true;
    }

    /// <summary>Python's <c>repr</c> of a float: digits, inf or nan.</summary>
    public static bool TryFloat(ReadOnlySpan<byte> line, out double value)
    {
        var text = Encoding.ASCII.GetString(line).Trim();
        (var known, value) = text switch
        {
            "inf" => (true, double.PositiveInfinity),
            "-inf" => (true, double.NegativeInfinity),
            "nan" or "-nan" => (true, double.NaN),
            _ => (false, 0),
        };
        return known || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A quoted Python 2 string; bytes become characters (latin-1).</summary>
    public static bool TryQuoted(ReadOnlySpan<byte> line, out string text)
    {
        text = "";
        line = line.TrimEnd((byte)' ');
        if (line.Length < 2 || line[0] != line[^1] || line[0] is not ((byte)'\'' or (byte)'"'))
        {
            return false;
        }

        var result = new StringBuilder(line.Length);
        line = line[1..^1];
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] != '\\')
            {
                result.Append((char)line[index]);
                continue;
            }

            if (++index == line.Length)
            {
                return false;
            }

            switch ((char)line[index])
            {
                case 'n': result.Append('\n'); break;
                case 'r': result.Append('\r'); break;
                case 't': result.Append('\t'); break;
                case 'x' when TryHex(line[(index + 1)..], 2, out var code):
                    result.Append((char)code);
                    index += 2;
                    break;
                case '\\' or '\'' or '"': result.Append((char)line[index]); break;
                default: return false;
            }
        }

        text = result.ToString();
        return true;
    }

    /// <summary>Python's raw-unicode-escape: latin-1 with \uXXXX and \UXXXXXXXX.</summary>
    public static bool TryRawUnicode(ReadOnlySpan<byte> line, out string text)
    {
        text = "";
        var result = new StringBuilder(line.Length);
        for (var index = 0; index < line.Length; index++)
        {
            var digits = line[index] != '\\' || index + 1 == line.Length ? 0 : line[index + 1] switch
            {
                (byte)'u' => 4,
                (byte)'U' => 8,
                _ => 0,
            };
            if (digits == 0)
            {
                result.Append((char)line[index]);
                continue;
            }

            if (!TryHex(line[(index + 2)..], digits, out var code) || !Rune.IsValid(code))
            {
                return false;
            }

            result.Append(new Rune(code).ToString());
            index += digits + 1;
        }

        text = result.ToString();
        return true;
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, int count, out int code)
    {
        code = 0;
        return digits.Length >= count && int.TryParse(digits[..count], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
    }
}
