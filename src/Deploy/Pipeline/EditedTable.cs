using System.Globalization;
using System.Text.Json;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>Ranges from <c>quantization.table</c>: a quantization.json that was made before, as it was or edited by hand.</summary>
/// <param name="Table">Fitted to model and plan, with the origin of the file.</param>
/// <param name="Stored">As the file holds it.</param>
internal sealed record EditedTable(QuantizerTable Table, QuantizerTable Stored)
{
    /// <summary>The file's digest, or null when the config names none.</summary>
    /// <exception cref="QuantException">QNT0303: the file is missing.</exception>
    public static string? Digest(PipelineContext context) => context.Config.Quantization.Table is not { } file ? null
        : File.Exists(file) ? Fingerprint.OfFile(file)
        : throw new QuantException(DiagnosticCodes.TableMismatch, $"quantization.table is missing: {file}; 'deploy run --to correct' writes quantization.json into the work directory", context.Loaded.LocationOf("quantization.table"));

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="QuantException">QNT0303: it is not such a file, or entries do not fit; QNT0302: nothing is left to quantize.</exception>
    public static EditedTable Read(PipelineContext context, CenterPoint model, QuantizationPlan plan)
    {
        _ = Digest(context);
        var file = context.Config.Quantization.Table!;
        QuantizerTable stored;
        try
        {
            stored = JsonFile.Read<QuantizerTable>(file);
        }
        catch (QuantException unreadable) when (unreadable.InnerException is JsonException reason)
        {
            throw new QuantException(DiagnosticCodes.TableMismatch, $"quantization.table cannot be read: {reason.Message}", unreadable.Diagnostics[0].Location, reason);
        }

        var lines = File.ReadAllLines(file);
        var table = TableCheck.Fit(stored, model, plan, layer => Place(file, lines, layer));
        return new EditedTable(stored.Origin is { } origin ? TableOrigin.Stamp(table, origin) : table, stored);
    }

    /// <summary>Says what was edited, and warns of a table that was made from something else.</summary>
    public static void Tell(PipelineContext context, EditedTable edited)
    {
        var place = new SourceLocation(context.Config.Quantization.Table!);
        if (TableOrigin.Difference(context, edited.Table, place) is { } difference)
        {
            context.Log.Report(difference);
        }

        foreach (var (now, before) in edited.Table.Layers.Join(edited.Stored.Layers, layer => layer.Name, layer => layer.Name, (now, before) => (now, before)))
        {
            if (now.Input is { } input && input.Scale != before.Input!.Scale)
            {
                context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {now.Name}: amax {input.Amax} decides, its scale {before.Input.Scale} becomes {input.Scale}"));
            }

            if (now.Weight is { } weight && before.Weight!.Scale is { } scales && !weight.Scale.SequenceEqual(scales))
            {
                context.Log.Info($"  {now.Name}: weight amax decide, {weight.Scale.Zip(scales).Count(pair => pair.First != pair.Second)} scales become amax/127");
            }

            if (!now.Quantized && now.Reason == LayerCheck.SwitchedOff)
            {
                context.Log.Info($"  {now.Name}: {now.Reason}");
            }
        }
    }

    /// <summary>The ranges of the input quantizers alone, as ranges.json holds them.</summary>
    public static CalibrationResult Ranges(QuantizerTable table) => new(
        [.. table.Layers.Select(layer => layer.Input).OfType<InputQuantization>().DistinctBy(input => input.Quantizer)
            .Select(input => new TensorRange(input.Quantizer, input.Amax, input.Method, input.Amax, null, null, 0) { ChannelScale = input.ChannelScale })],
        0,
        []);

    /// <summary>Before quantization.json is written again: keeps one that was edited in place but not named in the config, and says so.</summary>
    public static void KeepUnusedEdits(PipelineContext context, string file)
    {
        if (!File.Exists(file) || (context.Config.Quantization.Table is { } used && Path.GetFullPath(used) == Path.GetFullPath(file)))
        {
            return;
        }

        try
        {
            var found = JsonFile.Read<QuantizerTable>(file);
            if (found.Layers is null || found.Origin?.GetValueOrDefault(TableOrigin.Ranges) is not { } digest || digest == TableOrigin.Digest(found))
            {
                return;
            }
        }
        catch (QuantException)
        {
            // A file that is no table any more holds edits too.
        }

        var kept = Path.ChangeExtension(file, ".edited.json");
        File.Copy(file, kept, overwrite: true);
        context.Log.Report(Diagnostic.Warning(
            DiagnosticCodes.TableEditsUnused,
            $"it was edited by hand, and this run calibrated without it; the edits are kept in {Path.GetFileName(kept)}, set quantization.table to that file to use them",
            new SourceLocation(file)));
    }

    private static SourceLocation Place(string file, string[] lines, string? layer)
    {
        var line = layer is null ? -1 : Array.FindIndex(lines, text => text.Contains($"\"{layer}\"", StringComparison.Ordinal));
        return line < 0 ? new SourceLocation(file) : new SourceLocation(file, line + 1, lines[line].IndexOf('"', StringComparison.Ordinal) + 1);
    }
}
