namespace Quant.Tasks.Tests.Consumers;

/// <summary>How a command ended and everything it printed.</summary>
internal sealed record DotnetResult(int ExitCode, string Output);
