using System.ComponentModel;
using System.Diagnostics;
using Deploy.Engines.TensorRt.Logs;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>Runs trtexec. What a run's end means is for <see cref="TrtexecSuccess"/> to say.</summary>
public static class TrtexecRunner
{
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(5);

    /// <summary>The version of a trtexec: the banner of a run without a model, which fails but names it.</summary>
    /// <exception cref="QuantException">QNT0911: it does not start, hangs, or its output has no version.</exception>
    public static TensorRtVersion Version(string trtexec, CancellationToken cancel)
    {
        // No version has an option for this: an unknown one makes each print its banner and fail.
        var run = Run(trtexec, ["--version"], new TrtexecRunOptions { Timeout = TimeSpan.FromMinutes(1) }, cancel);
        if (TensorRtVersion.Find(run.Log) is { } version)
        {
            return version;
        }

        var said = run.TimedOut ? "it gave no answer within a minute" : TrtexecLogReader.Read(run.Log).Cause is { Class: not ("incomplete" or "other") } cause ? $"{cause.Text}; {cause.Advice}" : $"it printed: {run.Log.Trim().Split('\n')[0]}";
        throw new QuantException(DiagnosticCodes.TrtexecUnusable, $"{trtexec} names no TensorRT version; is it NVIDIA's trtexec of TensorRT 8.5 or later? {said}");
    }

    /// <summary>Runs it to its end, or to the time limit.</summary>
    /// <exception cref="QuantException">QNT0911: it does not start.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the process tree is gone.</exception>
    public static TrtexecRun Run(string trtexec, IReadOnlyList<string> arguments, TrtexecRunOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancel.ThrowIfCancellationRequested();
        var log = new BoundedLog(options.LogLimit / 2);
        var clock = Stopwatch.StartNew();
        using var process = Start(trtexec, arguments, options.WorkingDirectory);
        var readers = Task.WhenAll(
            LineReader.ReadAsync(process.StandardOutput, Add),
            LineReader.ReadAsync(process.StandardError, Add));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.Timeout);
        var timedOut = false;
        try
        {
            process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            cancel.ThrowIfCancellationRequested();
            timedOut = true;
        }

        // A child that outlives trtexec may hold the pipes open for ever.
        readers.Wait(PipeGrace, CancellationToken.None);
        return new TrtexecRun(trtexec, [.. arguments], process.ExitCode, log.ToString(), clock.Elapsed.TotalSeconds, timedOut);

        void Add(string text)
        {
            log.Add(text);
            options.Line?.Invoke(text);
            if (options.Phase is { } phase)
            {
                foreach (var reached in LogLines.Split(text).Select(TrtexecPhases.Of).OfType<TrtexecPhase>())
                {
                    phase(reached);
                }
            }
        }
    }

    private static Process Start(string trtexec, IReadOnlyList<string> arguments, string? folder)
    {
        var start = new ProcessStartInfo(trtexec, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        // Messages of the loader and the system in English, as the log reader knows them.
        start.Environment["LC_ALL"] = "C";
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            process.StandardInput.Close();
            return process;
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            process.Dispose();
            throw new QuantException(DiagnosticCodes.TrtexecUnusable, $"{trtexec} does not start: {error.Message}; check that it is an executable file for this machine", inner: error);
        }
    }
}
