namespace Deploy.Output;

/// <summary>How much a command tells on stderr.</summary>
public enum Verbosity
{
    /// <summary>Warnings and errors.</summary>
    Quiet,

    /// <summary>Stages and progress.</summary>
    Normal,

    /// <summary>Everything.</summary>
    Verbose,
}
