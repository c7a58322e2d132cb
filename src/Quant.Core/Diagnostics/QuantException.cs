namespace Quant.Core.Diagnostics;

/// <summary>A failure that the user can act on: one or more coded diagnostics, never a stack trace for them.</summary>
public sealed class QuantException : Exception
{
    /// <summary>Fails with one error.</summary>
    public QuantException(string code, string message, SourceLocation? location = null, Exception? inner = null)
        : this([Diagnostic.Error(code, message, location)], inner)
    {
    }

    /// <summary>Fails with everything that was collected.</summary>
    public QuantException(IReadOnlyList<Diagnostic> diagnostics, Exception? inner = null)
        : base(string.Join(Environment.NewLine, diagnostics), inner) => Diagnostics = [.. diagnostics];

    /// <summary>The problems, errors and warnings, in the order they were found.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>The code of the first error.</summary>
    public string Code => Diagnostics.First(item => item.Severity == Severity.Error).Code;
}
