using System.Globalization;
using Deploy.Engines;
using Deploy.Evaluation;
using Deploy.Pipeline.Stages;
using Deploy.Sensitivity;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using TorchSharp;

namespace Deploy.Pipeline;

/// <summary>Scans a run's quantized model layer by layer, and searches the FP16 layers that it needs.</summary>
internal sealed class MixedPrecision : IDisposable
{
    private readonly PipelineContext context;
    private readonly List<ScanReplica> replicas;
    private readonly CenterPoint model;
    private readonly LayerSwitches switches;

    /// <summary>Opens a run whose correct stage is up to date: its float weights as they were calibrated, and its ranges.</summary>
    /// <param name="context">The run.</param>
    /// <param name="devices">Those that share a scan; a search uses the first.</param>
    public MixedPrecision(PipelineContext context, IReadOnlyList<torch.Device> devices)
    {
        this.context = context;
        var table = JsonFile.Read<QuantizerTable>(context.Work["quantization.json"]);
        replicas = [.. devices.Select(device => new ScanReplica(context.LoadModel(CalibrateStage.WeightsFile(context), device), table))];
        (model, switches) = (replicas[0].Model, replicas[0].Switches);
    }

    /// <summary>Scores every layer of a shard by output error before bias correction, and the worst ones by mAP.</summary>
    /// <param name="shard">Index and number of shards; layer k belongs to shard k modulo n.</param>
    /// <param name="frames">Calibration frames at most.</param>
    /// <param name="top">Layers whose mAP is measured too.</param>
    public SensitivityReport Scan((int Index, int Count) shard, int frames, int top)
    {
        List<string> layers = [.. switches.Layers.Where((_, index) => index % shard.Count == shard.Index).Select(layer => layer.Name)];
        var used = 0;
        var scan = SharedScan.Run(replicas, layers, context.CalibrationFrames("scanning layers", frames).Select(frame =>
        {
            used += frame.Pillars.FrameCount;
            return frame.Pillars;
        }));
        var worst = scan.Rows.Where(row => row.View == "only").OrderByDescending(row => row.Mse).Take(top).Select(row => row.Layer).ToHashSet(StringComparer.Ordinal);
        var measured = Measured([.. scan.Rows.Where(row => worst.Contains(row.Layer))]).ToDictionary(row => (row.Layer, row.View));
        context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {layers.Count} layers, {used} frames, {100 * scan.WorkShare:F0} % of the work of full passes"));
        return new SensitivityReport(used, scan.WorkShare, SensitivityTable.Ranked([.. scan.Rows.Select(row => measured.GetValueOrDefault((row.Layer, row.View), row))]));
    }

    /// <summary>The smallest set of FP16 layers, along the ranking, whose mAP drop is at most <paramref name="mapDrop"/>; then those that turn out unnecessary are quantized again.</summary>
    /// <exception cref="QuantException">QNT0340: a table of other layers. QNT0341: not even all candidates in FP16 meet it.</exception>
    public SearchReport Search(IReadOnlyList<SensitivityRow> rows, double mapDrop, int most)
    {
        var ranking = Ranking(rows);
        var costs = Costs(ranking);
        switches.SetAll(_ => false);
        var (target, points, chosen) = (Accuracy(model).Map - mapDrop, new List<SearchPoint>(), new List<string>());
        var best = Try(chosen, costs, points);
        while (best.Map < target && chosen.Count < Math.Min(most, ranking.Count))
        {
            chosen.Add(ranking[chosen.Count].Layer);
            best = Try(chosen, costs, points);
        }

        if (best.Map < target)
        {
            throw new QuantException(DiagnosticCodes.SearchFailed, string.Create(CultureInfo.InvariantCulture, $"with the {chosen.Count} most sensitive layers in FP16 mAP is {100 * best.Map:F2}, the target is {100 * target:F2}; allow more layers (--max-layers), a larger --map-drop, or try QAT"));
        }

        foreach (var layer in chosen.SkipLast(1).Reverse().ToList())
        {
            List<string> fewer = [.. best.Fp16Layers.Where(name => name != layer)];
            if (Try(fewer, costs, points) is { } point && point.Map >= target)
            {
                best = point;
            }
        }

        return new SearchReport(target, costs.Source, best, points) { CostUnit = costs.Unit };
    }

    /// <summary>The best mAP within a time: along the ranking every layer that still fits goes to FP16, and the best plan on the way is taken.</summary>
    /// <exception cref="QuantException">QNT0340: a table of other layers. QNT0342: no times are known, or even INT8 alone takes longer.</exception>
    public SearchReport SearchWithin(IReadOnlyList<SensitivityRow> rows, double latencyMs, int most)
    {
        var ranking = Ranking(rows);
        var costs = Costs(ranking);
        if (costs.Unit != "ms")
        {
            throw new QuantException(DiagnosticCodes.LatencyBudgetUnmet, "there are no times of layers to search with: neither engine profiles nor ONNX Runtime's CPU form; run 'deploy run --to engine' first, or search with --map-drop");
        }

        var (points, chosen) = (new List<SearchPoint>(), new List<string>());
        if (costs.Of(chosen) > latencyMs)
        {
            throw new QuantException(DiagnosticCodes.LatencyBudgetUnmet, string.Create(CultureInfo.InvariantCulture, $"with every layer in INT8 the dense part takes {costs.Of(chosen):F2} ms by {costs.Source}, which is above --latency-ms {latencyMs}"));
        }

        var best = Try(chosen, costs, points);
        foreach (var row in ranking.Take(most))
        {
            if (costs.Of([.. chosen, row.Layer]) <= latencyMs)
            {
                chosen.Add(row.Layer);
                var point = Try(chosen, costs, points);
                best = point.Map > best.Map ? point : best;
            }
        }

        return new SearchReport(best.Map, costs.Source, best, points) { CostUnit = costs.Unit, LatencyMs = latencyMs };
    }

    private List<SensitivityRow> Ranking(IReadOnlyList<SensitivityRow> rows)
    {
        var names = switches.Layers.Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        var ranking = rows.Where(row => row.View == "only" && names.Contains(row.Layer)).OrderByDescending(row => row.Mse).ToList();
        return ranking.Count > 0 ? ranking : throw new QuantException(DiagnosticCodes.SensitivityTableInvalid, $"the table names no quantized layer of this run ({string.Join(", ", names.Take(3))}, …); scan with the same config");
    }

    private LayerCosts Costs(List<SensitivityRow> ranking)
    {
        using var canvas = model.Canvas(context.CalibrationFrames("reading a frame to time", 1).First().Pillars);
        var costs = LayerCosts.Measure(context, [.. ranking.Select(row => row.Layer)], ranking.ToDictionary(row => row.Layer, row => row.Macs, StringComparer.Ordinal), canvas.ToHost());
        context.Log.Info($"  cost of layers by {costs.Source}");
        return costs;
    }

    private SearchPoint Try(List<string> fp16, LayerCosts costs, List<SearchPoint> points)
    {
        var point = new SearchPoint([.. fp16], Corrected(fp16), costs.Of(fp16));
        points.Add(point);
        context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {fp16.Count} layers in FP16: mAP {100 * point.Map:F2}, cost {point.Cost:F3} {costs.Unit}"));
        return point;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        replicas.ForEach(replica => replica.Dispose());
    }

    /// <summary>The rows with mAP, measured by all replicas side by side.</summary>
    private List<SensitivityRow> Measured(List<SensitivityRow> rows)
    {
        if (rows.Count == 0)
        {
            return rows;
        }

        context.LabelledValidation();
        return [.. Replicas.Run(replicas, (replica, index) => rows.Where((_, place) => place % replicas.Count == index).Select(row =>
        {
            replica.Switches.SetAll(layer => (layer.Name == row.Layer) == (row.View == "only"));
            var (map, nds) = Accuracy(replica.Model);
            return row with { Map = map, Nds = nds };
        }).ToList()).SelectMany(part => part)];
    }

    /// <summary>mAP with these layers in FP16, biases corrected for exactly this choice.</summary>
    private double Corrected(IReadOnlyCollection<string> fp16)
    {
        using var mixed = context.LoadModel(CalibrateStage.WeightsFile(context));
        var config = context.Config.Quantization;
        var table = JsonFile.Read<QuantizerTable>(context.Work["quantization.json"]);
        table = table with { Layers = [.. table.Layers.Select(layer => fp16.Contains(layer.Name) ? layer with { Quantized = false, Reason = "search", Input = null, Weight = null } : layer)] };
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
