using System.Globalization;
using System.Text.RegularExpressions;
using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Binding;

/// <summary>Turns a single value into text, a number or a boolean within the bounds of its key.</summary>
internal static class ScalarBinder
{
    /// <summary>The value, or the code and the rest of the sentence that starts with the key.</summary>
    public static (object? Value, string? Code, string? Problem) Bind(Type type, ConfigKey key, ScalarNode node) =>
        type == typeof(string) ? Text(key, node) : type == typeof(bool) ? Flag(node) : Number(type, key, node);

    /// <summary>A type in words.</summary>
    public static string Name(Type type) =>
        type == typeof(string) ? "text" : type == typeof(bool) ? "true or false" : IsWhole(type) ? "a whole number" : "a number";

    private static (object?, string?, string?) Text(ConfigKey key, ScalarNode node)
    {
        var text = node.Text;
        if (key.Allowed is { } allowed && !allowed.Contains(text))
        {
            var near = Spelling.Nearest(text, allowed) is { } guess ? $"; did you mean '{guess}'?" : "";
            return (null, DiagnosticCodes.NotAllowed, $"is '{Scalars.Show(node)}'; allowed: {string.Join(", ", allowed)}{near}");
        }

        if (text.Trim().Length == 0 || text.Any(char.IsControl))
        {
            return (null, DiagnosticCodes.OutOfRange, "must be visible text, not empty or with control characters");
        }

        if (key.Form is { } form && !Regex.IsMatch(text, form.Pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
        {
            return (null, DiagnosticCodes.NotAllowed, $"is '{Scalars.Show(node)}'; it takes {form.Meaning}");
        }

        if (key.FileExtension is { } extension && !IsFileName(text, extension))
        {
            var ending = extension.Length == 0 ? "" : $" that ends with {extension}";
            return (null, DiagnosticCodes.NotAllowed, $"is '{Scalars.Show(node)}'; it takes a name without folders{ending}");
        }

        return (key.IsPath ? Path.GetFullPath(text, node.Folder) : text, null, null);
    }

    private static (object?, string?, string?) Flag(ScalarNode node) => Scalars.TryBool(node, out var flag)
        ? (flag, null, null)
        : (null, DiagnosticCodes.WrongType, $"must be true or false, not '{Scalars.Show(node)}'");

    private static (object?, string?, string?) Number(Type type, ConfigKey key, ScalarNode node)
    {
        var integer = 0L;
        var number = 0d;
        if (IsWhole(type) ? !Scalars.TryInteger(node, out integer) : !Scalars.TryNumber(node, out number))
        {
            return (null, DiagnosticCodes.WrongType, $"must be {Name(type)}, not '{Scalars.Show(node)}'");
        }

        number = IsWhole(type) ? integer : number;
        if (number < key.Minimum || number > key.Maximum || (key.MinimumIsExclusive && number == key.Minimum)
            || (type == typeof(int) && integer != (int)integer))
        {
            return (null, DiagnosticCodes.OutOfRange, $"is {Scalars.Show(node)}; it must be {Bounds(key)}");
        }

        return (Convert.ChangeType(IsWhole(type) ? (object)integer : number, type, CultureInfo.InvariantCulture), null, null);
    }

    private static bool IsWhole(Type type) => type == typeof(int) || type == typeof(long);

    private static bool IsFileName(string text, string extension) =>
        text.IndexOfAny(['/', '\\', ':']) < 0 && text is not ("." or "..")
        && text.EndsWith(extension, StringComparison.Ordinal) && text.Length > extension.Length;

    private static string Bounds(ConfigKey key) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(key.MinimumIsExclusive ? "above" : "at least")} {key.Minimum ?? int.MinValue} and at most {key.Maximum ?? int.MaxValue}");
}
