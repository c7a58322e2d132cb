using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>Runs the float model over frames and shows every input quantizer's tensor to its observer.</summary>
internal static class FrameWalk
{
    /// <returns>Frames read.</returns>
    /// <exception cref="QuantException">QNT0312: NaN, infinity, or magnitudes beyond any use.</exception>
    public static int Run(CenterPoint model, QuantizationPlan plan, CalibrationConfig config, Dictionary<string, TensorObserver> observers, IEnumerable<CalibrationFrame> frames)
    {
        using var noGrad = no_grad();
        var quantizerOf = plan.Layers.Where(layer => layer.Quantized).ToDictionary(layer => layer.Name, layer => layer.InputQuantizer!, StringComparer.Ordinal);
        var inputOf = model.Dense.Layers.Where(layer => quantizerOf.ContainsKey(layer.Name)).ToDictionary(layer => layer.Name, layer => model.Dense.QuantizedInputsOf(layer)[0], StringComparer.Ordinal);
        var count = 0;
        foreach (var frame in frames)
        {
            using var scope = NewDisposeScope();
            var masks = config.ExcludeEmpty && inputOf.Count > 0 ? CellMasks.Occupied(model.Dense, frame.Pillars, model.Config, model.Layers[0].Weight.device) : null;
            var foreground = config.ForegroundWeight > 1 && inputOf.Count > 0 ? CellMasks.Foreground(model.Forward(frame.Pillars), model.Config.TestCfg.ScoreThreshold) : null;
            // A tensor counts once for each quantizer, however many layers read it.
            var seen = new Dictionary<string, List<Tensor>>(StringComparer.Ordinal);
            void Observe(Layer layer, Tensor input)
            {
                if (!quantizerOf.TryGetValue(layer.Name, out var quantizer))
                {
                    return;
                }

                seen.TryAdd(quantizer, []);
                if (seen[quantizer].Exists(tensor => ReferenceEquals(tensor, input)))
                {
                    return;
                }

                seen[quantizer].Add(input);
                var dense = inputOf.TryGetValue(layer.Name, out var value);
                observers[quantizer].Observe(layer, input, dense ? masks?[value!] : null, dense ? foreground : null, config.ForegroundWeight - 1);
                if (!(observers[quantizer].Maximum <= RangeObserver.Largest))
                {
                    throw new QuantException(DiagnosticCodes.NonFiniteActivation, $"the input of {layer.Name} holds NaN, infinity or values beyond {RangeObserver.Largest:G1} in frame {frame.Name}; look at that frame's points and the checkpoint's weights");
                }
            }

            if (inputOf.Count == 0)
            {
                model.Canvas(frame.Pillars, Observe);
            }
            else
            {
                model.Forward(frame.Pillars, Observe);
            }

            count += frame.Pillars.FrameCount;
        }

        return count;
    }
}
