namespace Quant.Core.Diagnostics;

/// <summary>How much a diagnostic matters: an error ends the step, a warning is shown and kept in the report.</summary>
public enum Severity
{
    /// <summary>The step goes on.</summary>
    Warning,

    /// <summary>The step fails.</summary>
    Error,
}
