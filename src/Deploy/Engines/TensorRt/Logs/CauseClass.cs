using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>One kind of failure that a user can do something about.</summary>
/// <param name="Name">A stable word.</param>
/// <param name="Pattern">What its line holds.</param>
/// <param name="Advice">What to do.</param>
internal sealed record CauseClass(string Name, Regex Pattern, string Advice)
{
    /// <summary>Looked for in lines without a mark too, as the loader and the shell print them.</summary>
    public bool AnyLine { get; init; }

    public CauseClass(string name, string pattern, string advice)
        : this(name, new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking), advice)
    {
    }
}
