using Build.Runners;

namespace Build.Tests.Fakes;

/// <summary>Runs nothing; keeps the command lines and answers with the given exit code, or 0.</summary>
internal sealed class RecordingCommands(Func<IReadOnlyList<string>, int>? answer = null) : ICommandRunner
{
    public List<string> Folders { get; } = [];

    public List<IReadOnlyList<string>> Commands { get; } = [];

    /// <summary>The command lines of the tool, without the tool.</summary>
    public IEnumerable<string> CliLines => Commands.Where(command => command[0] != "build").Select(command => string.Join(' ', command.Skip(1)));

    public int Run(string program, IReadOnlyList<string> arguments, string workingDirectory)
    {
        Folders.Add(workingDirectory);
        Commands.Add(arguments);
        return answer?.Invoke(arguments) ?? 0;
    }
}
