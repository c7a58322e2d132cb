using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Engines.TensorRt;

/// <summary>
/// Whether a run did what it was asked: exit code 0, PASSED, no error line, every file there and not empty, and an engine loaded where one
/// should have been. trtexec alone cannot be asked: it can exit with 0 after a failure, and crash after PASSED.
/// </summary>
public static class TrtexecSuccess
{
    /// <summary>Reads the log and adds what the log cannot know.</summary>
    /// <param name="run">What ran.</param>
    /// <param name="files">Files it had to write.</param>
    /// <param name="loadsEngine">True when it had to load an engine.</param>
    public static TrtexecReading Judge(TrtexecRun run, IEnumerable<string> files, bool loadsEngine)
    {
        ArgumentNullException.ThrowIfNull(run);
        var reading = TrtexecLogReader.Read(run.Log);
        var cause = run.TimedOut
            ? new TrtexecCause("timed_out", reading.Cause?.Line ?? 0, reading.Cause?.Text ?? "", $"it ran longer than {run.Seconds:F0} s and was stopped; raise backend_config.common_config.timeout")
            : Judge(reading, run.ExitCode, files, loadsEngine);
        return cause is null ? reading : reading with { Verdict = "fail", Cause = cause };
    }

    /// <summary>The same for a log and an exit code that another machine recorded; null exit code means it was not.</summary>
    public static TrtexecCause? Judge(TrtexecReading reading, int? exitCode, IEnumerable<string> files, bool loadsEngine)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(files);
        if (reading.Cause is { } cause && !(cause.Class == "incomplete" && exitCode is > 128))
        {
            return cause;
        }

        return exitCode switch
        {
            139 or 134 or 136 or 132 => new TrtexecCause("crashed", 0, $"exit code {exitCode}", "trtexec crashed; with plugins or an unusual driver this can happen after PASSED: the engine is not trusted"),
            137 or 143 => new TrtexecCause("killed", 0, $"exit code {exitCode}", "the system ended trtexec, most often for lack of memory; close other programs or lower the workspace"),
            null => new TrtexecCause("incomplete", 0, "no exit code was recorded", "the run was stopped before its end; run it again"),
            not 0 => new TrtexecCause("other", 0, $"exit code {exitCode}", "trtexec reports success but its exit code says otherwise: it is not trusted; run it again with --verbose"),
            _ when files.FirstOrDefault(file => new FileInfo(file) is not { Exists: true, Length: > 0 }) is { } missing =>
                new TrtexecCause("no_file", 0, $"{Path.GetFileName(missing)} is missing or empty", "trtexec reports success but did not write the file; check the folder, its free space and the log"),
            _ when loadsEngine && !reading.EngineLoaded => new TrtexecCause("not_loaded", 0, "the log shows no loaded engine", "trtexec reports success but never loaded the engine; build it again"),
            _ => null,
        };
    }
}
