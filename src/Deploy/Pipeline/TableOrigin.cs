using Deploy.Pipeline.Stages;
using Quant.Core.Diagnostics;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>What a quantizer table was made from: digests written into it, and held against those of a run that uses it.</summary>
internal static class TableOrigin
{
    /// <summary>The key of the digest of the ranges themselves; it differs from the content once the table was edited.</summary>
    public const string Ranges = "ranges";

    /// <summary>The key that keeps the digest of the ranges before they were edited.</summary>
    public const string EditedFrom = "edited_from";

    private const string Checkpoint = "checkpoint";
    private const string Weights = "weights";
    private const string MetaPrefix = "calibrated_";

    /// <summary>This run's digests by name.</summary>
    public static SortedDictionary<string, string> Of(PipelineContext context)
    {
        var quantization = context.Config.Quantization;
        using var checkpoint = context.ReadCheckpoint();
        var origin = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            // A quantized.pth says which checkpoint and weights its ranges were found for.
            [Checkpoint] = checkpoint.Meta.GetValueOrDefault(MetaPrefix + Checkpoint) ?? context.CheckpointDigest,
            [Weights] = checkpoint.Meta.GetValueOrDefault(MetaPrefix + Weights) ?? Fingerprint.OfFile(context.Work[CalibrateStage.WeightsFile(context)]),
            ["model_config"] = Fingerprint.OfRecord(context.Config.Model),
            ["calibration_settings"] = Fingerprint.OfRecord(new { quantization.Calibration, quantization.InputScaling, quantization.Equalization }),
            ["device"] = context.DeviceName,
            ["program"] = ToolVersion.Current,
        };
        if (Frames(context) is { } frames)
        {
            origin["frames"] = frames;
        }

        return origin;
    }

    /// <summary>The table with its origin and the digest of its ranges.</summary>
    public static QuantizerTable Stamp(QuantizerTable table, IReadOnlyDictionary<string, string> origin)
    {
        var stamped = new SortedDictionary<string, string>(origin.ToDictionary(), StringComparer.Ordinal) { [Ranges] = Digest(table) };
        if (origin.TryGetValue(Ranges, out var before) && before != stamped[Ranges])
        {
            stamped[EditedFrom] = before;
        }

        return table with { Origin = stamped };
    }

    /// <summary>The digest of a table's layers.</summary>
    public static string Digest(QuantizerTable table) => Fingerprint.OfRecord(table.Layers);

    /// <summary>A warning that says what differs between the table's origin and this run, or null.</summary>
    public static Diagnostic? Difference(PipelineContext context, QuantizerTable table, SourceLocation place)
    {
        if (table.Origin is not { Count: > 0 } origin)
        {
            return Diagnostic.Warning(DiagnosticCodes.TableOrigin, "the table does not say which frames and settings made it, so nothing tells whether it belongs to this checkpoint", place);
        }

        var here = Of(context);
        var differing = here.Where(item => item.Key is not ("device" or "program"))
            .Where(item => item.Value != origin.GetValueOrDefault(item.Key))
            .Select(item => $"{item.Key} ({Short(origin.GetValueOrDefault(item.Key))} there, {Short(item.Value)} here)").ToList();
        return differing.Count == 0 ? null : Diagnostic.Warning(
            DiagnosticCodes.TableOrigin,
            $"the table was made from other input than this run has: {string.Join(", ", differing)}; its ranges may not fit, calibrate again when that was not meant",
            place);
    }

    /// <summary>The meta part of quantized.pth.</summary>
    public static IReadOnlyDictionary<string, string> Meta(PipelineContext context, bool corrected)
    {
        var origin = Of(context);
        var meta = new[] { Checkpoint, Weights }.ToDictionary(name => MetaPrefix + name, name => origin[name]);
        return corrected ? meta.Concat(QuantizedState.CorrectedMeta).ToDictionary() : meta;
    }

    /// <summary>The digest of the calibration frames; null when this machine has none, which a run from a table need not.</summary>
    private static string? Frames(PipelineContext context)
    {
        try
        {
            return context.CalibrationDigest;
        }
        catch (QuantException) when (context.Config.Quantization.Table is not null || ImportedRanges.Exist(context))
        {
            return null;
        }
    }

    private static string Short(string? digest) => digest is null ? "unknown" : digest[..Math.Min(12, digest.Length)];
}
