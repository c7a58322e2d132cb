using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Quant.Tasks;

/// <summary>Measures accuracy and latency, holds them against the limits and writes the report. A failed gate is an error with its numbers.</summary>
public sealed class CheckQuantGates : PipelineTask
{
    internal static readonly string[] ReportNames = ["gate.json", "junit.xml", "report.md", "report.html"];

    /// <summary><c>error</c> or <c>warning</c>: what a measurement too noisy for a verdict (QNT0702) is.</summary>
    public string Inconclusive { get; set; } = "error";

    /// <summary>A folder that receives the report files as <c>MODEL.junit.xml</c> …, also when a gate fails; empty for none.</summary>
    public string? ReportFolder { get; set; }

    /// <summary>JUnit, Markdown, HTML and JSON of the verdict.</summary>
    [Output]
    public ITaskItem[] Reports { get; private set; } = [];

    /// <inheritdoc/>
    protected override string Stage => "report";

    /// <inheritdoc/>
    protected override bool ValidateParameters()
    {
        if (Inconclusive is not ("error" or "warning"))
        {
            Log.LogError(null, TaskCodes.QuantModelInvalid, null, null, 0, 0, 0, 0, "QuantInconclusiveGate is '{0}'; it must be error or warning", Inconclusive);
        }

        return base.ValidateParameters();
    }

    /// <inheritdoc/>
    protected override string SeverityOf(WorkerDiagnostic diagnostic)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        return diagnostic.Code == TaskCodes.GateInconclusive ? Inconclusive : base.SeverityOf(diagnostic);
    }

    /// <inheritdoc/>
    protected override void OnResult(WorkerResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var written = ReportNames.Select(name => Path.Combine(WorkDirectory, name)).Where(result.Outputs.Contains).ToList();
        if (!string.IsNullOrEmpty(ReportFolder))
        {
            Directory.CreateDirectory(ReportFolder);
            written = [.. written.Select(Copy)];
        }

        Reports = [.. written.Select(path => new TaskItem(path))];
        if (written.Count > 0)
        {
            Log.LogMessage(MessageImportance.High, "{0}: gates -> {1}", Model, string.Join(", ", written));
        }
    }

    private string Copy(string file)
    {
        var copy = Path.Combine(ReportFolder!, $"{Model}.{Path.GetFileName(file)}");
        File.Copy(file, copy, overwrite: true);
        return copy;
    }
}
