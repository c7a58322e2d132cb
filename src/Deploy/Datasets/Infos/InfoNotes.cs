using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Infos;

/// <summary>Warnings on an info file.</summary>
internal static class InfoNotes
{
    public static IReadOnlyList<Diagnostic> Unlabelled(IReadOnlyList<FrameEntry> frames, string file) => frames.Any(frame => frame.Objects is null)
        ? [Diagnostic.Warning(DiagnosticCodes.DatasetUnlabelled, "there are frames without labels: the set serves calibration only", new SourceLocation(file))]
        : [];
}
