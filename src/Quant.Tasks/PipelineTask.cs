using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Quant.Tasks;

/// <summary>
/// Runs the pipeline up to one stage in the worker process <c>deploy</c>, which owns every native library: a crash there or a
/// cancelled build leaves MSBuild healthy. What the worker says comes back as a file and becomes located errors and warnings.
/// </summary>
public abstract partial class PipelineTask : ToolTask
{
    private const int TailLength = 20;

    private readonly Queue<string> tail = new();
    private volatile bool cancelled;

    /// <summary>The deployment's name in messages.</summary>
    [Required]
    public string Model { get; set; } = "";

    /// <summary>The request file of <see cref="WriteQuantRequest"/>.</summary>
    [Required]
    public string RequestFile { get; set; } = "";

    /// <summary>Where the worker's result is kept when the step succeeds; until then it does not exist.</summary>
    [Required]
    public string ResultFile { get; set; } = "";

    /// <summary>The work directory, full path.</summary>
    [Required]
    public string WorkDirectory { get; set; } = "";

    /// <summary>The project's folder: the worker runs there, so that places in messages are relative to it.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>Full path of <c>deploy.dll</c>; without it the local tool <c>deploy</c> of the nearest tool manifest runs.</summary>
    public string? ToolAssembly { get; set; }

    /// <summary>Full paths of the files that the stages left.</summary>
    [Output]
    public ITaskItem[] OutputFiles { get; private set; } = [];

    /// <summary>The last stage, as <c>deploy run --to</c> calls it.</summary>
    protected abstract string Stage { get; }

    /// <inheritdoc/>
    protected override string ToolName => OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    /// <inheritdoc/>
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.Normal;

    /// <inheritdoc/>
    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Normal;

    private string PendingResult => ResultFile + ".new";

    /// <inheritdoc/>
    public override bool Execute()
    {
        File.Delete(ResultFile);
        File.Delete(PendingResult);
        Log.LogMessage(MessageImportance.High, "{0}: {1} -> {2}", Model, Stage, WorkDirectory);
        try
        {
            return base.Execute() && !cancelled && Finish();
        }
        finally
        {
            File.Delete(PendingResult);
            if (cancelled)
            {
                DeletePartialFiles();
            }
        }
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        cancelled = true;
        base.Cancel();
    }

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : ToolName;

    /// <inheritdoc/>
    protected override string GetWorkingDirectory() => ProjectDirectory;

    /// <inheritdoc/>
    protected override bool ValidateParameters()
    {
        if (!string.IsNullOrEmpty(ToolAssembly) && !File.Exists(ToolAssembly))
        {
            Error(TaskCodes.WorkerNotFound, $"QuantToolAssembly names '{ToolAssembly}', which does not exist; give the path of deploy.dll, or leave it out and run 'dotnet tool restore'");
        }

        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    protected override string GenerateCommandLineCommands()
    {
        var command = new CommandLineBuilder();
        if (string.IsNullOrEmpty(ToolAssembly))
        {
            command.AppendTextUnquoted("tool run deploy --");
        }
        else
        {
            command.AppendFileNameIfNotNull(ToolAssembly);
        }

        command.AppendTextUnquoted($" run --to {Stage}");
        command.AppendSwitchIfNotNull("--request ", RequestFile);
        command.AppendSwitchIfNotNull("--result ", PendingResult);
        return command.ToString();
    }

    /// <inheritdoc/>
    protected override void LogToolCommand(string message) => Log.LogMessage(MessageImportance.Normal, "{0}", message);

    /// <summary>Text is for people; warnings and errors come from the result file, so they are not shown twice.</summary>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        tail.Enqueue(singleLine);
        if (tail.Count > TailLength)
        {
            tail.Dequeue();
        }

        Log.LogMessage(CodedLine().IsMatch(singleLine) ? MessageImportance.Low : messageImportance, "{0}", singleLine);
    }

    /// <summary>The exit code is judged together with the result file.</summary>
    protected override bool HandleTaskExecutionErrors() => true;

    /// <summary>How a diagnostic of the worker counts in this build.</summary>
    /// <returns><c>error</c> or <c>warning</c>.</returns>
    protected virtual string SeverityOf(WorkerDiagnostic diagnostic)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        return diagnostic.Severity;
    }

    /// <summary>Called with every readable result, also when the step failed.</summary>
    protected virtual void OnResult(WorkerResult result)
    {
    }

    private bool Finish()
    {
        if (Read() is not { } result)
        {
            return false;
        }

        OutputFiles = [.. result.Outputs.Select(path => new TaskItem(path))];
        foreach (var diagnostic in result.Diagnostics)
        {
            Report(diagnostic);
        }

        OnResult(result);
        if (result.ExitCode != 0 && !Log.HasLoggedErrors && !result.Diagnostics.Any(item => item.Severity == "error"))
        {
            Error(TaskCodes.WorkerCrashed, $"deploy ended with exit code {result.ExitCode} and named no error");
        }

        if (result.ExitCode == 0 && !Log.HasLoggedErrors)
        {
            File.Move(PendingResult, ResultFile);
        }

        return !Log.HasLoggedErrors;
    }

    private WorkerResult? Read()
    {
        try
        {
            return WorkerResult.Read(PendingResult);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            var said = string.Join(" | ", tail.Where(line => line.Length > 0));
            if (string.IsNullOrEmpty(ToolAssembly) && (said.Contains("dotnet tool restore", StringComparison.Ordinal) || said.Contains("Cannot find a tool", StringComparison.Ordinal)))
            {
                Error(TaskCodes.WorkerNotFound, $"the local tool 'deploy' is not there; run 'dotnet tool restore', after 'dotnet tool install deploy' where no tool manifest names it, or set QuantToolAssembly. dotnet said: {said}");
            }
            else
            {
                Error(TaskCodes.WorkerCrashed, $"deploy ended with exit code {ExitCode} and left no result; its last lines: {said}");
            }
        }
        catch (JsonException error)
        {
            Error(TaskCodes.WorkerResultInvalid, $"the result of deploy cannot be read: {error.Message}; use Quant.Tasks and deploy of one version");
        }

        return null;
    }

    private void Report(WorkerDiagnostic item)
    {
        if (SeverityOf(item) == "error")
        {
            Log.LogError(null, item.Code, item.Code, item.File, item.Line, item.Column, 0, 0, "{0}", item.Message);
        }
        else
        {
            Log.LogWarning(null, item.Code, item.Code, item.File, item.Line, item.Column, 0, 0, "{0}", item.Message);
        }
    }

    private void Error(string code, string message) => Log.LogError(null, code, code, null, 0, 0, 0, 0, "{0}", message);

    /// <summary>A killed worker cannot remove the file it was writing.</summary>
    private void DeletePartialFiles()
    {
        if (!Directory.Exists(WorkDirectory))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(WorkDirectory, ".tmp-*", SearchOption.AllDirectories).ToList())
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"^\S.*?: (error|warning) QNT\d{4}: ")]
    private static partial Regex CodedLine();
}
