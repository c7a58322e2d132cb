using System.Diagnostics;

namespace Build.Runners;

/// <summary>Starts programs that share this process's console, so that live progress bars work.</summary>
public sealed class CommandRunner : ICommandRunner
{
    /// <inheritdoc/>
    public int Run(string program, IReadOnlyList<string> arguments, string workingDirectory)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = workingDirectory, UseShellExecute = false },
        };

        // Ctrl+C reaches the whole process group; the program ends cleanly and its exit code becomes ours.
        Console.CancelKeyPress += KeepWaiting;
        try
        {
            process.Start();
            process.WaitForExit();
            return process.ExitCode;
        }
        finally
        {
            Console.CancelKeyPress -= KeepWaiting;
        }
    }

    private static void KeepWaiting(object? sender, ConsoleCancelEventArgs e) => e.Cancel = true;
}
