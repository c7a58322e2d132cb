namespace Deploy.Engines.TensorRt.Logs;

/// <summary>What trtexec marks a message with.</summary>
public enum LogSeverity
{
    /// <summary>No mark: the continuation of a message, help text, or another program's output.</summary>
    None,

    /// <summary><c>[V]</c></summary>
    Verbose,

    /// <summary><c>[I]</c></summary>
    Info,

    /// <summary><c>[W]</c></summary>
    Warning,

    /// <summary><c>[E]</c>, and <c>[F]</c> (internal error)</summary>
    Error,

    /// <summary><c>&amp;&amp;&amp;&amp; RUNNING</c> and its like</summary>
    Envelope,
}
