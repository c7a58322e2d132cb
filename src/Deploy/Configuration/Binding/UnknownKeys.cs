using Deploy.Configuration.Awml;
using Deploy.Configuration.Reading;

namespace Deploy.Configuration.Binding;

/// <summary>Says what an unknown key was probably meant to be, and where it belongs.</summary>
internal static class UnknownKeys
{
    private static readonly Lazy<ILookup<string, string>> Sections = new(() =>
        Walk(typeof(DeployConfig), "").ToLookup(item => item.Key, item => item.Section));

    /// <summary>The text of the diagnostic.</summary>
    public static string Message(string key, string section, IReadOnlyList<ConfigKey> known)
    {
        var names = known.Select(item => item.Name).Concat(AwmlTable.KeysOf(section)).Distinct().ToList();
        var where = section.Length == 0 ? "at the top level" : $"in {section}";
        if (Spelling.Nearest(key, names) is { } near)
        {
            return $"unknown key '{Cut(key)}' {where}; did you mean '{near}'?";
        }

        return Sections.Value[key].ToList() is [var home]
            ? $"unknown key '{Cut(key)}' {where}; it belongs {(home.Length == 0 ? "at the top level" : $"in {home}")}"
            : $"unknown key '{Cut(key)}' {where}; known: {string.Join(", ", known.Count == 0 ? names : known.Select(item => item.Name))}";
    }

    private static IEnumerable<(string Key, string Section)> Walk(Type record, string path) =>
        ConfigKeys.Of(record).SelectMany(key => ConfigKeys.IsSection(key.Type)
            ? Walk(key.Type, KeyPath.Join(path, key.Name)).Prepend((key.Name, path))
            : [(key.Name, path)]);

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
