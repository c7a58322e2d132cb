using System.Reflection;

namespace Deploy.Configuration.Binding;

/// <summary>One key of a section: what the binder, the schema, the reference page and the origin list know about a property.</summary>
internal sealed record ConfigKey
{
    /// <summary>The key in YAML, such as <c>num_bins</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The record's property.</summary>
    public required PropertyInfo Property { get; init; }

    /// <summary>The property's type without its nullability.</summary>
    public required Type Type { get; init; }

    /// <summary>One or two sentences.</summary>
    public required string Description { get; init; }

    /// <summary>Must be written.</summary>
    public bool Required { get; init; }

    /// <summary>May be null.</summary>
    public bool Nullable { get; init; }

    /// <summary>The word <c>auto</c> is null.</summary>
    public bool AutoIsNull { get; init; }

    /// <summary>Least value of a number, or of each number inside.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest value.</summary>
    public double? Maximum { get; init; }

    /// <summary>The least value itself is excluded.</summary>
    public bool MinimumIsExclusive { get; init; }

    /// <summary>The allowed texts, or of each text inside; null for any.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>Regular expression of a text, and what it means in words.</summary>
    public (string Pattern, string Meaning)? Form { get; init; }

    /// <summary>Least and largest number of items of a list.</summary>
    public (int Least, int Most)? Length { get; init; }

    /// <summary>A path, made absolute.</summary>
    public bool IsPath { get; init; }

    /// <summary>A bare file name with this extension, which may be empty; null when it is none.</summary>
    public string? FileExtension { get; init; }

    /// <summary>A second form of the value.</summary>
    public AlsoAcceptsAttribute? AlsoAccepts { get; init; }
}
