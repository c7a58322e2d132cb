using System.Globalization;
using System.Net;

namespace Deploy.Reporting;

/// <summary>Texts of files and users, which may hold anything, made safe for a report; and numbers.</summary>
public static class ReportText
{
    /// <summary>Text for HTML and SVG content and attributes: markup escaped, control characters replaced.</summary>
    public static string Html(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WebUtility.HtmlEncode(Printable(text));
    }

    /// <summary>Text for a line or cell of Markdown: no markup, no links, no second line.</summary>
    public static string Markdown(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Printable(text)
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("`", "\\`", StringComparison.Ordinal)
            .Replace("](", "]\\(", StringComparison.Ordinal);
    }

    /// <summary>Four significant digits; empty for null.</summary>
    public static string Number(double? value) => value is { } number ? number.ToString("G4", CultureInfo.InvariantCulture) : "";

    /// <summary>A fraction as points with two decimals; empty for null.</summary>
    public static string Points(double? fraction) => fraction is { } value ? (100 * value).ToString("F2", CultureInfo.InvariantCulture) : "";

    private static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
