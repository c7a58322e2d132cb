namespace Quant.Tasks;

/// <summary>A warning or error of the worker.</summary>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Code">QNT….</param>
/// <param name="Message">The text without place and code.</param>
/// <param name="File">The file, or null without a place.</param>
/// <param name="Line">1-based, or 0.</param>
/// <param name="Column">1-based, or 0.</param>
public sealed record WorkerDiagnostic(string Severity, string Code, string Message, string? File, int Line, int Column);
