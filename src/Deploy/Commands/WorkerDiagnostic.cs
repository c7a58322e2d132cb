using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary>A diagnostic of a <see cref="WorkerResult"/>.</summary>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Code">QNT….</param>
/// <param name="Message">The text without place and code.</param>
/// <param name="File">The file, relative to the current folder where it lies below it; null without a place.</param>
/// <param name="Line">1-based, or 0.</param>
/// <param name="Column">1-based, or 0.</param>
internal sealed record WorkerDiagnostic(string Severity, string Code, string Message, string? File, int Line, int Column)
{
    public static WorkerDiagnostic Of(Diagnostic diagnostic) => new(
        diagnostic.Severity == Quant.Core.Diagnostics.Severity.Error ? "error" : "warning",
        diagnostic.Code,
        diagnostic.Message.ReplaceLineEndings(" "),
        diagnostic.Location?.File,
        diagnostic.Location?.Line ?? 0,
        diagnostic.Location?.Column ?? 0);
}
