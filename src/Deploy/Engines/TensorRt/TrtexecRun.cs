namespace Deploy.Engines.TensorRt;

/// <summary>One call of trtexec that ended by itself or was stopped for time.</summary>
/// <param name="Program">Its path.</param>
/// <param name="Arguments">As given.</param>
/// <param name="ExitCode">Of the process; a signal n appears as 128 + n on Unix.</param>
/// <param name="Log">Both streams in the order they arrived.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="TimedOut">True when it was stopped after the time limit.</param>
public sealed record TrtexecRun(string Program, IReadOnlyList<string> Arguments, int ExitCode, string Log, double Seconds, bool TimedOut);
