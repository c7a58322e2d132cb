using System.Globalization;
using Quant.Core.Diagnostics;

namespace Deploy.Output;

/// <summary>What a run tells: progress and messages to stderr, and everything with times to deploy.log.</summary>
public sealed class RunLog : IDisposable
{
    private readonly TextWriter error;
    private readonly TimeProvider clock;
    private readonly Verbosity verbosity;
    private StreamWriter? file;

    /// <summary>A log without a file yet.</summary>
    /// <param name="error">Where people read.</param>
    /// <param name="verbosity">How much of it.</param>
    /// <param name="clock">Times of the log file.</param>
    public RunLog(TextWriter error, Verbosity verbosity, TimeProvider clock) => (this.error, this.verbosity, this.clock) = (error, verbosity, clock);

    /// <summary>True when a live progress line may be drawn.</summary>
    public bool Interactive { get; init; }

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
            error.WriteLine(text);
        }
    }

    /// <summary>A line for those who look closer.</summary>
    public void Detail(string text)
    {
        Record("detail", text);
        if (verbosity >= Verbosity.Verbose)
        {
            error.WriteLine(text);
        }
    }

    /// <summary>A coded problem: always shown.</summary>
    public void Report(Diagnostic diagnostic)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        Diagnostics.Add(diagnostic);
        Record("diagnostic", diagnostic.ToString());
        error.WriteLine(diagnostic.ToString());
    }

    /// <summary>A line in a CI system's own language, which it reads from the output as it is.</summary>
    public void Annotate(string line)
    {
        Record("annotation", line);
        error.WriteLine(line);
    }

    /// <summary>Starts a progress line for a step of known length.</summary>
    public ProgressLine Progress(string what, int total) => new(error, what, total, Interactive && verbosity == Verbosity.Normal, verbosity > Verbosity.Quiet, clock);

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    private void Record(string level, string text)
    {
        try
        {
            file?.WriteLine($"{clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)} {level} {text}");
        }
        catch (IOException failure)
        {
            // A log must not end the run, nor hide the error that it should have recorded.
            file = null;
            Report(Diagnostic.Warning(DiagnosticCodes.LogUnwritable, $"the log cannot be written: {failure.Message}; the run goes on without it"));
        }
    }
}
