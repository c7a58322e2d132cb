using System.Globalization;
using Deploy.Evaluation;
using Deploy.Reporting;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Pipeline.Reports;

/// <summary>Bird's-eye pictures of the frames in which FP16 and INT8 differ most.</summary>
internal static class FramesSection
{
    private const int Pictures = 4;

    public static IReadOnlyList<ReportBlock> Blocks(PipelineContext context)
    {
        string[] files = [.. new[] { DetectionsJson.GroundTruthName, "fp16", "int8" }.Select(name => context.Work[$"detections/{name}.json"])];
        return files.FirstOrDefault(file => !File.Exists(file)) is { } missing
            ? [new ReportNote($"No pictures: {context.Work.Relative(missing)} is missing, since that model was not evaluated.")]
            : ReportAssembly.Tolerant(context, () => Draw(context, DetectionsJson.Read(files[0]), DetectionsJson.Read(files[1]), DetectionsJson.Read(files[2])));
    }

    private static IReadOnlyList<ReportBlock> Draw(PipelineContext context, StoredFrames truth, StoredFrames half, StoredFrames integer)
    {
        var frames = DetectionsJson.Join(truth, half).Zip(DetectionsJson.Join(truth, integer))
            .Select(pair => (Half: pair.First, Integer: pair.Second, Difference: FrameDifference.Of(pair.First.Detections, pair.Second.Detections)))
            .OrderByDescending(frame => frame.Difference.Score)
            .Take(Pictures);
        return
        [
            new ReportNote(string.Create(CultureInfo.InvariantCulture, $"The {Math.Min(Pictures, truth.Frames.Count)} of {truth.Frames.Count} frames in which FP16 and INT8 differ most, the worst first. The difference adds the scores of boxes that only one model finds and the score differences of the others. Forward is up.")) { InShort = false },
            .. frames.Select((frame, rank) => Picture(context, frame.Half, frame.Integer, frame.Difference) with { Wide = rank == 0 }),
        ];
    }

    private static ReportFigure Picture(PipelineContext context, FrameResult half, FrameResult integer, (double Score, int OnlyFirst, int OnlySecond) difference)
    {
        var points = Points(context, half.Token);
        var caption = string.Create(CultureInfo.InvariantCulture, $"Frame {half.Token}: difference {difference.Score:F2}; {half.Truth.Count} labels (thick line), {half.Detections.Count} boxes of FP16 (dashes), {integer.Detections.Count} of INT8 (dots); {difference.OnlyFirst} only in FP16, {difference.OnlySecond} only in INT8{(points is null ? "; its points could not be read" : "")}.");
        return new ReportFigure(caption, BirdsEyeSvg.Draw(
            caption,
            points,
            [.. half.Truth.Select(item => item.Box)],
            ("FP16", [.. half.Detections.Select(item => item.Box)]),
            ("INT8", [.. integer.Detections.Select(item => item.Box)]),
            context.Config.Model.PointCloudRange));
    }

    private static PointCloud? Points(PipelineContext context, string token)
    {
        try
        {
            var source = context.Source("validation");
            var index = source.Tokens.ToList().IndexOf(token);
            return index < 0 ? null : source.Load(index).Points;
        }
        catch (QuantException error)
        {
            context.Log.Report(Diagnostic.Warning(DiagnosticCodes.ReportPointsUnreadable, $"the picture of frame {token} has no points: {error.Message}"));
            return null;
        }
    }
}
