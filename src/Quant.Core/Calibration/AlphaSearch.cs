using Quant.Core.Checkpoints;
using Quant.Core.Models;
using Quant.Core.Native;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>Chooses equalization's α by the error of the corrected INT8 network's outputs on a few frames.</summary>
public static class AlphaSearch
{
    /// <summary>The exponents tried.</summary>
    public static IReadOnlyList<double> Candidates { get; } = [0, 0.5, 0.75, 1];

    /// <summary>Equalizes, calibrates and corrects a copy of the model for each exponent and measures the outputs.</summary>
    /// <param name="state">The fused model.</param>
    /// <param name="config">Its section.</param>
    /// <param name="plan">What is quantized.</param>
    /// <param name="quantization">Calibration and correction settings.</param>
    /// <param name="frames">A few frames; all are held in memory.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Called after each exponent.</param>
    /// <returns>Error by exponent: over the cells a decoder reads, the root mean square difference of each output relative to the float output's, averaged over outputs.</returns>
    public static IReadOnlyDictionary<double, double> Run(
        StateDict state, ModelConfig config, QuantizationPlan plan, QuantizationConfig quantization, IReadOnlyList<CalibrationFrame> frames, Device device, Action? progress = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(quantization);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var reference = Load();
        var maxima = Equalizer.ChannelMaxima(reference, frames);
        var expected = frames.Select(frame => reference.Forward(frame.Pillars)).ToList();
        var errors = new Dictionary<double, double>();
        foreach (var alpha in Candidates)
        {
            using var inner = NewDisposeScope();
            using var model = Load();
            Equalizer.Apply(model, plan, maxima, alpha);
            var ranges = Calibrator.Run(model, plan, quantization.Calibration, () => frames, quantization.InputScaling);
            var table = Calibrator.Table(model, plan, ranges.Ranges, quantization.Calibration.WeightMethod);
            BiasCorrector.Run(model, table, quantization.BiasCorrection, () => frames);
            using var quantizers = QuantizedLayers.Attach(model, table);
            errors[alpha] = frames.Index().Average(frame => Error(expected[frame.Index], model.Forward(frame.Item.Pillars), config.TestCfg.ScoreThreshold));
            progress?.Invoke();
        }

        return errors;

        CenterPoint Load()
        {
            var model = CenterPoint.Load(state, config, "fused.pth");
            model.To(device);
            return model;
        }
    }

    private static double Error(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual, float threshold)
    {
        using var scope = NewDisposeScope();
        return expected.Average(output =>
        {
            var heatmap = expected["heatmap" + Suffix(output.Key)];
            var mask = heatmap.sigmoid().amax([1], keepdim: true).Above(threshold).to(float32);
            var (reference, candidate) = output.Key.StartsWith("heatmap", StringComparison.Ordinal)
                ? (output.Value.sigmoid(), actual[output.Key].sigmoid())
                : (output.Value, actual[output.Key]);
            var difference = ((candidate - reference) * mask).Squared().sum().Number();
            var energy = (reference * mask).Squared().sum().Number();
            return energy > 0 ? Math.Sqrt(difference / energy) : Math.Sqrt(difference);
        });
    }

    private static string Suffix(string output) => output.LastIndexOf('_') is var at and >= 0 ? output[at..] : "";
}
