using System.Collections.Concurrent;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Deploy.Configuration.Binding;

/// <summary>The keys of each section record, read from its properties and their attributes (or from <see cref="CoreKeys"/>).</summary>
internal static class ConfigKeys
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<ConfigKey>> Cache = new();

    /// <summary>The keys of a section record in the order of its declaration.</summary>
    public static IReadOnlyList<ConfigKey> Of(Type record) => Cache.GetOrAdd(record, Read);

    /// <summary>True for the records that are sections or parts of them.</summary>
    public static bool IsSection(Type type) =>
        type.Name.EndsWith("Config", StringComparison.Ordinal) && type.IsClass;

    /// <summary>The item type of a list, or null.</summary>
    public static Type? ItemType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>The value type of a mapping from text, or null.</summary>
    public static Type? ValueType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GetGenericArguments()[1] : null;

    private static IReadOnlyList<ConfigKey> Read(Type record)
    {
        var nullability = new NullabilityInfoContext();
        return [.. record.GetProperties().Where(property => property.CanWrite).Select(property => Read(record, property, nullability))];
    }

    private static ConfigKey Read(Type record, PropertyInfo property, NullabilityInfoContext nullability)
    {
        var attributes = CoreKeys.Of(record, property.Name) ?? [.. property.GetCustomAttributes()];
        var range = attributes.OfType<RangeAttribute>().FirstOrDefault();
        var length = attributes.OfType<LengthAttribute>().FirstOrDefault();
        var form = attributes.OfType<RegularExpressionAttribute>().FirstOrDefault();
        return new ConfigKey
        {
            Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name),
            Property = property,
            Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
            Description = attributes.OfType<DescriptionAttribute>().FirstOrDefault()?.Description
                ?? throw new InvalidOperationException($"{record.Name}.{property.Name} has no description"),
            Required = property.GetCustomAttribute<RequiredMemberAttribute>() is not null,
            Nullable = nullability.Create(property).ReadState == NullabilityState.Nullable,
            AutoIsNull = attributes.OfType<AutoIsNullAttribute>().Any(),
            Minimum = range is null ? null : Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture),
            Maximum = range is null ? null : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture),
            MinimumIsExclusive = range?.MinimumIsExclusive ?? false,
            Allowed = attributes.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } allowed ? [.. allowed.Values.Cast<string>()] : null,
            Form = form is null ? null : (form.Pattern, form.ErrorMessage ?? form.Pattern),
            Length = length is null ? null : (length.MinimumLength, length.MaximumLength),
            IsPath = attributes.OfType<ConfigPathAttribute>().Any(),
            FileExtension = attributes.OfType<FileNameAttribute>().FirstOrDefault()?.Extension,
            AlsoAccepts = attributes.OfType<AlsoAcceptsAttribute>().FirstOrDefault(),
        };
    }
}
