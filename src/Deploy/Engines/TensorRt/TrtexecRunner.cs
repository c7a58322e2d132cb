using System.Diagnostics;
using System.Text;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>Runs trtexec and believes neither its exit code nor its last line alone.</summary>
public static class TrtexecRunner
{
    /// <summary>The version of a trtexec: the banner of a run without a model, which fails but names it.</summary>
    /// <exception cref="QuantException">QNT0911: it does not start, or its output has no version.</exception>
    public static TensorRtVersion Version(string trtexec, CancellationToken cancel)
    {
        var (_, log) = Run(trtexec, ["--version"], TimeSpan.FromSeconds(60), null, cancel);
        return TensorRtVersion.Find(log) ?? throw new QuantException(DiagnosticCodes.TrtexecUnusable, $"{trtexec} names no TensorRT version; is it NVIDIA's trtexec? It printed: {log.Trim().Split('\n')[0]}");
    }

    /// <summary>Builds one engine: the file appears only when the run really succeeded.</summary>
    /// <param name="trtexec">Its path.</param>
    /// <param name="request">What to build.</param>
    /// <param name="version">From <see cref="Version"/>.</param>
    /// <param name="timeout">After it the process tree is killed.</param>
    /// <param name="line">Receives each line of output, for progress and the log.</param>
    /// <param name="cancel">Kills the process tree.</param>
    /// <returns>Arguments and the log's reading.</returns>
    /// <exception cref="QuantException">QNT0502: the build failed; the message holds cause and advice.</exception>
    public static (IReadOnlyList<string> Arguments, TrtexecReading Reading) Build(
        string trtexec, EngineRequest request, TensorRtVersion version, TimeSpan timeout, Action<string>? line, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        var temporary = request with { Engine = $"{request.Engine}.{Path.GetRandomFileName()}.tmp" };
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(request.Engine))!);
        try
        {
            var arguments = TrtexecCommand.Build(temporary, version);
            var (exit, log) = Run(trtexec, arguments, timeout, line, cancel);
            var reading = TrtexecLog.Read(log);
            var written = new FileInfo(temporary.Engine) is { Exists: true, Length: > 0 };
            if (exit != 0 || reading.Verdict != "pass" || !written)
            {
                var cause = reading.Cause ?? new TrtexecCause("other", 0, "", exit != 0 ? "the process ended abnormally; look at the log" : "no engine was written although trtexec reports success");
                throw new QuantException(
                    DiagnosticCodes.EngineBuildFailed,
                    $"trtexec {version} built no engine from {Path.GetFileName(request.Onnx)} (exit code {exit}, {cause.Class}): {cause.Text}; {cause.Advice}");
            }

            File.Move(temporary.Engine, request.Engine, overwrite: true);
            return (TrtexecCommand.Build(request, version), reading);
        }
        finally
        {
            File.Delete(temporary.Engine);
        }
    }

    private static (int ExitCode, string Log) Run(string trtexec, IReadOnlyList<string> arguments, TimeSpan timeout, Action<string>? line, CancellationToken cancel)
    {
        var log = new StringBuilder();
        using var process = new Process { StartInfo = new ProcessStartInfo(trtexec, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true } };
        process.OutputDataReceived += (_, data) => Add(data.Data);
        process.ErrorDataReceived += (_, data) => Add(data.Data);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new QuantException(DiagnosticCodes.TrtexecUnusable, $"{trtexec} does not start: {error.Message}", inner: error);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            cancel.ThrowIfCancellationRequested();
            throw new QuantException(DiagnosticCodes.EngineBuildFailed, $"trtexec ran longer than {timeout.TotalSeconds:F0} s and was stopped; raise backend_config.common_config.timeout");
        }

        // The overload without a time waits until both streams are read to their end.
        process.WaitForExit();
        lock (log)
        {
            return (process.ExitCode, log.ToString());
        }

        void Add(string? text)
        {
            if (text is null)
            {
                return;
            }

            lock (log)
            {
                log.Append(text).Append('\n');
            }

            line?.Invoke(text);
        }
    }
}
