using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>Runs the float model over calibration frames and chooses one range for each input quantizer of a plan.</summary>
public static class Calibrator
{
    /// <summary>Fewer frames than this earn a warning.</summary>
    public const int FewFrames = 8;

    /// <summary>Calibrates.</summary>
    /// <param name="model">Fused, without quantizers.</param>
    /// <param name="plan">Which layers are quantized.</param>
    /// <param name="config">Method and binning.</param>
    /// <param name="frames">Reads the frames from the start; called again for every pass.</param>
    /// <param name="inputScaling">Scaling of the input channels of Linear layers, see <see cref="InputScaling"/>.</param>
    /// <exception cref="QuantException">QNT0310 no frames; QNT0312 a non-finite activation; QNT0313 a tensor that is always zero.</exception>
    public static CalibrationResult Run(CenterPoint model, QuantizationPlan plan, CalibrationConfig config, Func<IEnumerable<CalibrationFrame>> frames, string inputScaling = "auto") =>
        Run([model], plan, config, frames, inputScaling);

    /// <summary>The same on several devices side by side.</summary>
    /// <param name="replicas">The model once on each device.</param>
    /// <param name="plan">As above.</param>
    /// <param name="config">As above; see <see cref="IsOrderFree"/>.</param>
    /// <param name="frames">As above.</param>
    /// <param name="inputScaling">As above.</param>
    public static CalibrationResult Run(IReadOnlyList<CenterPoint> replicas, QuantizationPlan plan, CalibrationConfig config, Func<IEnumerable<CalibrationFrame>> frames, string inputScaling = "auto")
    {
        ArgumentNullException.ThrowIfNull(replicas);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(frames);
        var bins = BinsOf(config);
        if (bins == 0)
        {
            var maxima = Choose(plan, config, Observe(replicas, plan, config, 0, null, frames()), inputScaling);
            return config.Method == "grid" ? maxima with { Ranges = OutputErrorSearch.Run(replicas[0], plan, config, maxima.Ranges, frames().Take(config.GridBatches)) } : maxima;
        }

        var first = config.Binning == "two_pass" ? plan : ToScale(plan, inputScaling);
        var ranges = first.QuantizedCount > 0 ? InputScaling.Apply(Observe(replicas, first, config, 0, null, frames()), inputScaling) : null;
        return Choose(plan, config, Observe(replicas, plan, config, bins, ranges, frames()), inputScaling);
    }

    /// <summary>The part of a plan whose channels may need scaling: what a first pass must see when bins grow as they go.</summary>
    private static QuantizationPlan ToScale(QuantizationPlan plan, string inputScaling)
    {
        var candidates = inputScaling == "false" ? [] : InputScaling.Candidates(plan);
        return plan with { Layers = [.. plan.Layers.Where(layer => layer.Quantized && candidates.Contains(layer.InputQuantizer!))] };
    }

    /// <summary>Bins that the method needs; 0 when the maximum alone decides.</summary>
    public static int BinsOf(CalibrationConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Method is "max" or "grid" ? 0 : config.NumBins;
    }

    /// <summary>True when what was seen does not depend on the order of frames, so that devices can share them: always but for bins that grow (compat).</summary>
    public static bool IsOrderFree(CalibrationConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return BinsOf(config) == 0 || config.Binning == "two_pass";
    }

    /// <summary>One pass over frames that replicas share, each taking the next frame when it is free; the first alone where the order matters.</summary>
    private static CalibrationObservations Observe(IReadOnlyList<CenterPoint> replicas, QuantizationPlan plan, CalibrationConfig config, int bins, CalibrationObservations? ranges, IEnumerable<CalibrationFrame> frames)
    {
        if (replicas.Count == 1 || !(bins == 0 || IsOrderFree(config)))
        {
            return Observe(replicas[0], plan, config, bins, ranges, frames);
        }

        using var source = frames.GetEnumerator();
        IEnumerable<CalibrationFrame> Shared()
        {
            while (Next() is { } frame)
            {
                yield return frame;
            }
        }

        CalibrationFrame? Next()
        {
            lock (source)
            {
                return source.MoveNext() ? source.Current : null;
            }
        }

        return ShardMerger.Join(Replicas.Run(replicas, (replica, _) => Observe(replica, plan, config, bins, ranges, Shared())));
    }

    /// <summary>One pass over frames: what every input quantizer of the plan saw. No frames give observations of nothing.</summary>
    /// <param name="model">Fused, without quantizers.</param>
    /// <param name="plan">Which layers are quantized.</param>
    /// <param name="config">Which cells count, and whether ranges are found beforehand (two_pass) or bins grow.</param>
    /// <param name="bins">Bins of the histograms; 0 for maxima alone.</param>
    /// <param name="ranges">Maxima and channel scales of all frames, found beforehand; null when nothing was.</param>
    /// <param name="frames">The frames.</param>
    /// <exception cref="QuantException">QNT0312 a non-finite activation.</exception>
    public static CalibrationObservations Observe(CenterPoint model, QuantizationPlan plan, CalibrationConfig config, int bins, CalibrationObservations? ranges, IEnumerable<CalibrationFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(frames);
        var known = ranges?.Tensors.ToDictionary(tensor => tensor.Quantizer, StringComparer.Ordinal) ?? [];
        var candidates = InputScaling.Candidates(plan);
        var observers = Quantizers(plan).ToDictionary(name => name, name => new TensorObserver(
            name,
            new RangeObserver(bins, config.Binning == "two_pass" ? known.GetValueOrDefault(name)?.Maximum : null),
            known.GetValueOrDefault(name)?.ChannelScale,
            bins == 0 && candidates.Contains(name)));
        try
        {
            var count = FrameWalk.Run(model, plan, config, observers, frames);
            return new CalibrationObservations(count, [.. observers.Values.Select(observer => observer.Observation)]);
        }
        finally
        {
            foreach (var observer in observers.Values)
            {
                observer.Dispose();
            }
        }
    }

    /// <summary>The range of every input quantizer, from what all frames showed.</summary>
    /// <exception cref="QuantException">QNT0310 no frames; QNT0313 a tensor that is always zero.</exception>
    public static CalibrationResult Choose(QuantizationPlan plan, CalibrationConfig config, CalibrationObservations observed, string inputScaling = "auto")
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(observed);
        if (observed.Frames == 0)
        {
            throw new QuantException(DiagnosticCodes.NoCalibrationFrames, "there are no calibration frames; set dataset.calibration.root and num_frames");
        }

        var observers = InputScaling.Apply(observed, inputScaling).Tensors.ToDictionary(tensor => tensor.Quantizer, StringComparer.Ordinal);
        return Choose(Quantizers(plan), observers, config, observed.Frames);
    }

    /// <summary>Weight ranges of the plan's layers together with the input ranges: the table to export.</summary>
    /// <param name="model">Its weights are measured.</param>
    /// <param name="plan">Which layers are quantized.</param>
    /// <param name="ranges">The range of every input quantizer of the plan.</param>
    /// <param name="weightMethod"><c>max</c> or <c>mse</c>, see <see cref="WeightRange"/>.</param>
    public static QuantizerTable Table(CenterPoint model, QuantizationPlan plan, IReadOnlyList<TensorRange> ranges, string weightMethod = "max")
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(plan);
        var byName = ranges.ToDictionary(range => range.Quantizer, StringComparer.Ordinal);
        return new QuantizerTable([.. plan.Layers.Select(layer =>
        {
            if (!layer.Quantized)
            {
                return new LayerQuantization(layer.Name, layer.Kind, false, layer.Reason, null, null);
            }

            var range = byName[layer.InputQuantizer!];
            var input = new InputQuantization(range.Quantizer, range.Amax, Symmetric.Scale(range.Amax), range.Method) { ChannelScale = range.ChannelScale };
            var weight = !model[layer.Name].IsWeighted ? null
                : weightMethod == "mse" ? WeightRange.MeanSquaredError(model[layer.Name], layer.WeightAxis, range.ChannelScale)
                : WeightRange.Max(model[layer.Name], layer.WeightAxis, range.ChannelScale);
            return new LayerQuantization(layer.Name, layer.Kind, true, null, input, weight);
        })]);
    }

    private static List<string> Quantizers(QuantizationPlan plan) =>
        [.. plan.Layers.Where(layer => layer.Quantized).Select(layer => layer.InputQuantizer!).Distinct()];

    private static CalibrationResult Choose(List<string> names, Dictionary<string, TensorObservation> observers, CalibrationConfig config, int count)
    {
        var bag = new DiagnosticBag();
        if (count < FewFrames)
        {
            bag.Warning(DiagnosticCodes.FewCalibrationFrames, $"only {count} calibration frames: ranges may not hold for other scenes; use {FewFrames} or more, 100 is common");
        }

        var ranges = names.Select(name => Choose(name, observers[name], config, bag)).ToList();
        bag.ThrowIfErrors();
        return new CalibrationResult(ranges, count, bag.Items)
        {
            Histograms = names.Where(name => observers[name].Histogram is not null).ToDictionary(name => name, name => observers[name].Histogram!),
        };
    }

    private static TensorRange Choose(string name, TensorObservation observer, CalibrationConfig config, DiagnosticBag bag)
    {
        if (observer.Maximum <= Symmetric.ZeroAmax)
        {
            bag.Error(DiagnosticCodes.ZeroRange, $"{name} saw nothing but zeros in all {observer.Count} values; check the calibration frames against model.point_cloud_range, or keep the layer in FP16 with sensitive_layers");
            return new TensorRange(name, 0, config.Method, observer.Maximum, null, null, observer.Count);
        }

        if (observer.Histogram is not { } histogram)
        {
            return new TensorRange(name, observer.Maximum, "max", observer.Maximum, null, null, observer.Count) { ChannelScale = observer.ChannelScale };
        }

        if (observer.Rebinned > 0)
        {
            bag.Warning(DiagnosticCodes.HistogramRebinned, $"the histogram of {name} outgrew {RangeObserver.MaximumBins} bins because its first batch had a tiny range; neighbouring bins were merged {observer.Rebinned} times (binning: two_pass avoids this)");
        }

        var method = config.Method == "entropy" ? "entropy" : config.AmaxMethod;
        var amax = method switch
        {
            "entropy" => RangeSearch.Entropy(histogram),
            "percentile" => RangeSearch.Percentile(histogram, config.Percentile),
            _ => RangeSearch.MeanSquaredError(histogram),
        };
        var zeroShare = (double)histogram.Counts[0] / histogram.Total;
        if (amax <= 0)
        {
            amax = histogram.Edge(1);
            bag.Warning(DiagnosticCodes.PercentileInFirstBin, $"{zeroShare:P2} of the values of {name} lie in the first bin, so percentile {config.Percentile} would give a range of 0; {amax:G4} is used instead (mse suits sparse tensors better)");
        }

        var firstClipped = (int)Math.Ceiling(amax / histogram.Width);
        var clipped = (double)histogram.Counts.Skip(firstClipped).Sum() / histogram.Total;
        return new TensorRange(name, amax, $"histogram/{method}", observer.Maximum, zeroShare, clipped, observer.Count) { ChannelScale = observer.ChannelScale };
    }
}
