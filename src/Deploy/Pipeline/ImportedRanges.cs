using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>Ranges that a checkpoint quantized elsewhere brings along as <c>&lt;layer&gt;._input_quantizer._amax</c> (pytorch-quantization, AWML).</summary>
internal static class ImportedRanges
{
    private const string InputAmax = "._input_quantizer._amax";

    public static bool Exist(PipelineContext context)
    {
        using var checkpoint = context.ReadCheckpoint();
        return checkpoint.StateDict.Keys.Any(key => key.EndsWith(InputAmax, StringComparison.Ordinal));
    }

    /// <summary>One range per shared quantizer: the largest of its layers'.</summary>
    /// <exception cref="QuantException">QNT0303: a planned layer has no range in the file.</exception>
    public static CalibrationResult Read(PipelineContext context, QuantizationPlan plan)
    {
        using var checkpoint = context.ReadCheckpoint();
        var bag = new DiagnosticBag();
        var ranges = plan.Layers.Where(layer => layer.Quantized).GroupBy(layer => layer.InputQuantizer!).Select(group =>
        {
            var amax = 0f;
            foreach (var layer in group)
            {
                if (checkpoint.StateDict.TryGet(layer.Name + InputAmax, out var value))
                {
                    amax = Math.Max(amax, value.ToFloat32().Max());
                }
                else
                {
                    bag.Error(DiagnosticCodes.TableMismatch, $"the checkpoint holds no {layer.Name + InputAmax}; keep the layer in FP16 with quantization.sensitive_layers, or calibrate from the float checkpoint", new SourceLocation(context.Config.CheckpointPath));
                }
            }

            return new TensorRange(group.Key, amax, "imported", amax, null, null, 0) { ChannelScale = QuantizedState.ChannelScale(checkpoint.StateDict, group.First().Name) };
        }).ToList();
        bag.ThrowIfErrors();
        return new CalibrationResult(ranges, 0, []);
    }
}
