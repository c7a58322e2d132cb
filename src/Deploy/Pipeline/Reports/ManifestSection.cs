using System.Globalization;
using Deploy.Reporting;

namespace Deploy.Pipeline.Reports;

/// <summary>Hashes, versions, machine and times; manifest.json has the whole list.</summary>
internal static class ManifestSection
{
    public static IReadOnlyList<ReportBlock> Blocks(PipelineContext context, Manifest manifest) =>
    [
        new ReportTable("Program and machine", ["what", "value"],
        [
            ["tool", manifest.Tool],
            ["written", manifest.Written],
            .. manifest.Environment.Select(item => (IReadOnlyList<string>)[item.Key, item.Value]),
        ]),
        new ReportTable("Inputs and outputs (SHA-256)", ["file", "digest"],
        [
            [manifest.Checkpoint.File, manifest.Checkpoint.Sha256],
            .. manifest.Config.Select(file => (IReadOnlyList<string>)[file.File, file.Sha256]),
            .. manifest.Outputs.Select(file => (IReadOnlyList<string>)[file.Key, file.Value]),
        ],
        $"{manifest.CalibrationFrames.Count} calibration frames: their digests are in manifest.json.") { InShort = false },
        new ReportTable("Time per stage", ["stage", "seconds"],
            [.. RunSummary.Of(context).Stages.Select(stage => (IReadOnlyList<string>)[stage.Key, stage.Value.ToString("F1", CultureInfo.InvariantCulture)])]),
    ];
}
