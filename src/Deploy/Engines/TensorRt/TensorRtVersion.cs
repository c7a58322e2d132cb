using System.Globalization;
using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt;

/// <summary>TensorRT's version as trtexec states it.</summary>
public readonly partial record struct TensorRtVersion(int Major, int Minor, int Patch) : IComparable<TensorRtVersion>
{
    /// <summary>
    /// Finds the version in a text: <c>[TensorRT v8601]</c> (major·1000 + minor·100 + patch up to 9.x), <c>[TensorRT v101601]</c>
    /// (major·10000 + minor·100 + patch from 10.0), or the line <c>TensorRT version: 10.16.1</c>. Logs of 7.x have none.
    /// </summary>
    public static TensorRtVersion? Find(string text)
    {
        if (Banner().Match(text) is { Success: true } banner)
        {
            var number = Part(banner, 1);
            return number >= 100_000
                ? new TensorRtVersion(number / 10_000, number / 100 % 100, number % 100)
                : new TensorRtVersion(number / 1000, number / 100 % 10, number % 100);
        }

        return Line().Match(text) is { Success: true } line ? new TensorRtVersion(Part(line, 1), Part(line, 2), Part(line, 3)) : null;

        static int Part(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>True for that version and later ones.</summary>
    public bool IsAtLeast(int major, int minor) => (Major, Minor).CompareTo((major, minor)) >= 0;

    /// <inheritdoc/>
    public int CompareTo(TensorRtVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <summary>Such as <c>10.3.0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    /// <summary>Order by major, minor, patch.</summary>
    public static bool operator <(TensorRtVersion left, TensorRtVersion right) => left.CompareTo(right) < 0;

    /// <summary>Order by major, minor, patch.</summary>
    public static bool operator >(TensorRtVersion left, TensorRtVersion right) => left.CompareTo(right) > 0;

    /// <summary>Order by major, minor, patch.</summary>
    public static bool operator <=(TensorRtVersion left, TensorRtVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Order by major, minor, patch.</summary>
    public static bool operator >=(TensorRtVersion left, TensorRtVersion right) => left.CompareTo(right) >= 0;

    [GeneratedRegex(@"\[TensorRT v([0-9]{4,6})\]")]
    private static partial Regex Banner();

    [GeneratedRegex(@"TensorRT version: ([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})")]
    private static partial Regex Line();
}
