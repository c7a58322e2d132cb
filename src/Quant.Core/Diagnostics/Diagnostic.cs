namespace Quant.Core.Diagnostics;

/// <summary>One problem: what, where and what to do. Printed as a canonical MSBuild line.</summary>
/// <param name="Code">One of <see cref="DiagnosticCodes"/>.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="Message">One line of text that names the offending value and the next step.</param>
/// <param name="Location">The place, when there is one.</param>
public sealed record Diagnostic(string Code, Severity Severity, string Message, SourceLocation? Location = null)
{
    /// <summary>An error without or with a place.</summary>
    public static Diagnostic Error(string code, string message, SourceLocation? location = null) =>
        new(code, Severity.Error, message, location);

    /// <summary>A warning without or with a place.</summary>
    public static Diagnostic Warning(string code, string message, SourceLocation? location = null) =>
        new(code, Severity.Warning, message, location);

    /// <summary><c>origin: error QNT0102: text</c> on one line, whatever the message holds.</summary>
    public override string ToString()
    {
        var text = Message.ReplaceLineEndings(" ");
        return $"{Location?.ToString() ?? "deploy"}: {(Severity == Severity.Error ? "error" : "warning")} {Code}: {text}";
    }
}
