namespace Quant.Core.Diagnostics;

/// <summary>Collects the problems of one input, so that a user sees all of them at once.</summary>
public sealed class DiagnosticBag
{
    private readonly List<Diagnostic> items = [];

    /// <summary>Everything reported so far, in order.</summary>
    public IReadOnlyList<Diagnostic> Items => items;

    /// <summary>True when at least one error was reported.</summary>
    public bool HasErrors => items.Exists(item => item.Severity == Severity.Error);

    /// <summary>Adds a diagnostic as it is.</summary>
    public void Add(Diagnostic diagnostic) => items.Add(diagnostic);

    /// <summary>Adds an error.</summary>
    public void Error(string code, string message, SourceLocation? location = null) =>
        items.Add(Diagnostic.Error(code, message, location));

    /// <summary>Adds a warning.</summary>
    public void Warning(string code, string message, SourceLocation? location = null) =>
        items.Add(Diagnostic.Warning(code, message, location));

    /// <summary>Throws all problems together when one of them is an error.</summary>
    /// <exception cref="QuantException">At least one error was reported.</exception>
    public void ThrowIfErrors()
    {
        if (HasErrors)
        {
            throw new QuantException(items);
        }
    }
}
