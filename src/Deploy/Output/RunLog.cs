using System.Globalization;
using Quant.Core.Diagnostics;
using Spectre.Console;

namespace Deploy.Output;

/// <summary>What a run tells, from any thread: progress and messages to stderr, and everything with times to deploy.log.</summary>
public sealed class RunLog : IDisposable
{
    private readonly IAnsiConsole console;
    private readonly TimeProvider clock;
    private readonly Verbosity verbosity;
    private readonly LiveProgress? live;
    private readonly Lock gate = new();
    private StreamWriter? file;

    /// <summary>A log without a file yet.</summary>
    /// <param name="console">Where people read.</param>
    /// <param name="verbosity">How much of it.</param>
    /// <param name="clock">Times of the log file.</param>
    public RunLog(IAnsiConsole console, Verbosity verbosity, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(console);
        (this.console, this.verbosity, this.clock) = (console, verbosity, clock);
        live = console.Profile.Capabilities.Interactive && verbosity > Verbosity.Quiet ? new LiveProgress(console) : null;
    }

    /// <summary>Every diagnostic so far.</summary>
    public List<Diagnostic> Diagnostics { get; } = [];

    /// <summary>Also writes to a file from now on.</summary>
    public void OpenFile(string path) => file = new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };

    /// <summary>A line for people.</summary>
    public void Info(string text)
    {
        Record("info", text);
        if (verbosity >= Verbosity.Normal)
        {
            Write(text);
        }
    }

    /// <summary>A line for those who look closer.</summary>
    public void Detail(string text)
    {
        Record("detail", text);
        if (verbosity >= Verbosity.Verbose)
        {
            Write(text);
        }
    }

    /// <summary>A coded problem: always shown, once.</summary>
    public void Report(Diagnostic diagnostic)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        lock (gate)
        {
            if (Diagnostics.Contains(diagnostic))
            {
                return;
            }

            Diagnostics.Add(diagnostic);
        }

        Record("diagnostic", diagnostic.ToString());
        Write(diagnostic.ToString());
    }

    /// <summary>A line in a CI system's own language, which it reads from the output as it is.</summary>
    public void Annotate(string line)
    {
        Record("annotation", line);
        Write(line);
    }

    /// <summary>A table for people.</summary>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        foreach (var line in TextTable.Lines(header, rows))
        {
            Info(line);
        }
    }

    /// <summary>Starts the progress of a step of known length.</summary>
    public ProgressLine Progress(string what, int total) => new(live, verbosity > Verbosity.Quiet ? Write : _ => { }, what, total, clock);

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    private void Write(string line)
    {
        lock (gate)
        {
            if (live is { IsDrawn: true })
            {
                console.WriteLine(line);
            }
            else
            {
                // The console would break long lines, which a diagnostic is and a log must not have.
                console.Profile.Out.Writer.WriteLine(line);
            }
        }
    }

    private void Record(string level, string text)
    {
        try
        {
            lock (gate)
            {
                file?.WriteLine($"{clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)} {level} {text}");
            }
        }
        catch (IOException failure)
        {
            // A log must not end the run, nor hide the error that it should have recorded.
            file = null;
            Report(Diagnostic.Warning(DiagnosticCodes.LogUnwritable, $"the log cannot be written: {failure.Message}; the run goes on without it"));
        }
    }
}
