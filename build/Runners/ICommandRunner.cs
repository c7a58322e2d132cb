namespace Build.Runners;

/// <summary>Starts other programs.</summary>
public interface ICommandRunner
{
    /// <summary>Runs a program to its end; its input and output are those of this process.</summary>
    /// <param name="program">A path, or a name found in PATH.</param>
    /// <param name="arguments">The arguments, each handed over exactly as it is.</param>
    /// <param name="workingDirectory">The folder that it runs in.</param>
    /// <returns>Its exit code.</returns>
    int Run(string program, IReadOnlyList<string> arguments, string workingDirectory);
}
