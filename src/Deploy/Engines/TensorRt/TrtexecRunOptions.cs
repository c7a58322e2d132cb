using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Engines.TensorRt;

/// <summary>How a call of trtexec is watched.</summary>
public sealed record TrtexecRunOptions
{
    /// <summary>After it the process tree is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Folder that relative paths in the arguments start from; null is the current one.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Characters of output that are kept; of more, the beginning and the end.</summary>
    public int LogLimit { get; init; } = 64 << 20;

    /// <summary>Receives every line, on other threads.</summary>
    public Action<string>? Line { get; init; }

    /// <summary>Receives the phases as the log shows them, on other threads.</summary>
    public Action<TrtexecPhase>? Phase { get; init; }
}
