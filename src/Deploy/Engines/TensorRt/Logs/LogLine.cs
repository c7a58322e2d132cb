namespace Deploy.Engines.TensorRt.Logs;

/// <summary>One message of a log, or the continuation of the one before it.</summary>
/// <param name="Number">1-based line of the text; two messages may share a line.</param>
/// <param name="Severity">The message's mark; a continuation has <see cref="LogSeverity.None"/>.</param>
/// <param name="Context">The severity of the message that a continuation belongs to; else the same as <paramref name="Severity"/>.</param>
/// <param name="Time">Its time stamp, when it has one.</param>
/// <param name="Text">Without prefix, colours and mark.</param>
public sealed record LogLine(int Number, LogSeverity Severity, LogSeverity Context, DateTime? Time, string Text);
