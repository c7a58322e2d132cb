using System.Globalization;
using Deploy.Engines;
using Deploy.Evaluation;
using Deploy.Pipeline.Stages;
using Deploy.Sensitivity;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>Scans a run's quantized model layer by layer, and searches the FP16 layers that it needs.</summary>
internal sealed class MixedPrecision : IDisposable
{
    private readonly PipelineContext context;
    private readonly CenterPoint model;
    private readonly QuantizedLayers attached;
    private readonly LayerSwitches switches;

    /// <summary>Opens a run whose correct stage is up to date: its float weights as they were calibrated, and its ranges.</summary>
    public MixedPrecision(PipelineContext context)
    {
        this.context = context;
        model = context.LoadModel(CalibrateStage.WeightsFile(context));
        attached = QuantizedLayers.Attach(model, JsonFile.Read<QuantizerTable>(context.Work["quantization.json"]));
        switches = new LayerSwitches(model);
    }

    /// <summary>Scores every layer of a shard by output error before bias correction, and the worst ones by mAP.</summary>
    /// <param name="shard">Index and number of shards; layer k belongs to shard k modulo n.</param>
    /// <param name="frames">Calibration frames at most.</param>
    /// <param name="top">Layers whose mAP is measured too.</param>
    public SensitivityReport Scan((int Index, int Count) shard, int frames, int top)
    {
        List<Layer> layers = [.. switches.Layers.Where((_, index) => index % shard.Count == shard.Index)];
        var scan = new LayerScan(model, switches);
        var used = 0;
        var rows = scan.Run(layers, context.CalibrationFrames("scanning layers", frames).Select(frame =>
        {
            used += frame.Pillars.FrameCount;
            return frame.Pillars;
        }));
        var worst = rows.Where(row => row.View == "only").OrderByDescending(row => row.Mse).Take(top).Select(row => row.Layer).ToHashSet(StringComparer.Ordinal);
        rows = [.. rows.Select(row => worst.Contains(row.Layer) ? Measured(row) : row)];
        context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {layers.Count} layers, {used} frames, {100 * scan.WorkShare:F0} % of the work of full passes"));
        return new SensitivityReport(used, scan.WorkShare, SensitivityTable.Ranked(rows));
    }

    /// <summary>The smallest set of FP16 layers, along the ranking, whose mAP drop is at most <paramref name="mapDrop"/>; then those that turn out unnecessary are quantized again.</summary>
    /// <exception cref="QuantException">QNT0341: not even all candidates in FP16 meet it.</exception>
    public SearchReport Search(IReadOnlyList<SensitivityRow> rows, double mapDrop, int most)
    {
        var names = switches.Layers.Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        var ranking = rows.Where(row => row.View == "only" && names.Contains(row.Layer)).OrderByDescending(row => row.Mse).ToList();
        if (ranking.Count == 0)
        {
            throw new QuantException(DiagnosticCodes.SensitivityTableInvalid, $"the table names no quantized layer of this run ({string.Join(", ", names.Take(3))}, …); scan with the same config");
        }

        switches.SetAll(_ => false);
        var (target, points, chosen) = (Accuracy(model).Map - mapDrop, new List<SearchPoint>(), new List<string>());
        var total = ranking.Sum(row => row.Macs);
        double Cost(IReadOnlyCollection<string> fp16) => total == 0 ? 1 : 1 + (ranking.Where(row => fp16.Contains(row.Layer)).Sum(row => row.Macs) / total);
        SearchPoint Try(IReadOnlyCollection<string> fp16)
        {
            var point = new SearchPoint([.. fp16], Corrected(fp16), Cost(fp16));
            points.Add(point);
            context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {fp16.Count} layers in FP16: mAP {100 * point.Map:F2}, cost {point.Cost:F3}{(point.Map >= target ? ", meets the target" : "")}"));
            return point;
        }

        var best = Try(chosen);
        while (best.Map < target && chosen.Count < Math.Min(most, ranking.Count))
        {
            chosen.Add(ranking[chosen.Count].Layer);
            best = Try(chosen);
        }

        if (best.Map < target)
        {
            throw new QuantException(DiagnosticCodes.SearchFailed, string.Create(CultureInfo.InvariantCulture, $"with the {chosen.Count} most sensitive layers in FP16 mAP is {100 * best.Map:F2}, the target is {100 * target:F2}; allow more layers (--max-layers), a larger --map-drop, or try QAT"));
        }

        foreach (var layer in chosen.SkipLast(1).Reverse().ToList())
        {
            List<string> fewer = [.. best.Fp16Layers.Where(name => name != layer)];
            if (Try(fewer) is { } point && point.Map >= target)
            {
                best = point;
            }
        }

        return new SearchReport(target, "macs", best, points);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        switches.SetAll(_ => true);
        attached.Dispose();
        model.Dispose();
    }

    private SensitivityRow Measured(SensitivityRow row)
    {
        switches.SetAll(layer => (layer.Name == row.Layer) == (row.View == "only"));
        var (map, nds) = Accuracy(model);
        return row with { Map = map, Nds = nds };
    }

    /// <summary>mAP with these layers in FP16, biases corrected for exactly this choice.</summary>
    private double Corrected(IReadOnlyCollection<string> fp16)
    {
        using var mixed = context.LoadModel(CalibrateStage.WeightsFile(context));
        var config = context.Config.Quantization;
        var plan = JsonFile.Read<QuantizationPlan>(context.Work["plan.json"]);
        plan = plan with { Layers = [.. plan.Layers.Select(layer => fp16.Contains(layer.Name) ? layer with { Quantized = false, Reason = "search", InputQuantizer = null } : layer)] };
        var table = Calibrator.Table(mixed, plan, JsonFile.Read<CalibrationResult>(context.Work["ranges.json"]).Ranges, config.Calibration.WeightMethod);
        if (config.BiasCorrection.Enabled)
        {
            BiasCorrector.Run(mixed, table, config.BiasCorrection, () => context.CalibrationFrames("correcting", config.BiasCorrection.NumBatches));
        }

        using var quantizers = QuantizedLayers.Attach(mixed, table);
        return Accuracy(mixed).Map;
    }

    private (double Map, double? Nds) Accuracy(CenterPoint network)
    {
        context.LabelledValidation();
        using var detector = new TorchDetector("mixed", network);
        var results = context.Frames("validation", int.MaxValue).Select(item => new FrameResult(item.Frame.Token, item.Frame.Objects!, BoxDecoder.Decode(detector.Run(item.Pillars), context.Config.Model))).ToList();
        var config = context.Config.Evaluation;
        var evaluation = DetectionMetrics.Evaluate(results, new MetricOptions(config.Metric, context.Config.Model.PtsBboxHead.ClassNames, config.ClassRanges));
        return (evaluation.Map ?? 0, evaluation.Nds);
    }
}
