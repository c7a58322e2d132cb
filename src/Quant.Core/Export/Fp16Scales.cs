using System.Globalization;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>
/// Rounds the scales of convolutions to FP16, as a strongly typed FP16 graph stores them. Linear layers keep FP32 scales
/// (their Q/DQ stays FP32). Round before simulating, so that simulation and graph use the same numbers.
/// </summary>
public static class Fp16Scales
{
    /// <summary>The table with every convolution's scale exactly representable in FP16 and amax = 127·scale. Rounding twice changes nothing.</summary>
    /// <exception cref="QuantException">QNT0408: scales that are zero, subnormal or infinite in FP16, all of them with their layers.</exception>
    public static QuantizerTable Round(QuantizerTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var problems = new DiagnosticBag();
        var layers = table.Layers.Select(layer => layer.Kind == LayerKind.Linear ? layer : Round(layer, problems)).ToList();
        problems.ThrowIfErrors();
        return table with { Layers = layers };
    }

    private static LayerQuantization Round(LayerQuantization layer, DiagnosticBag problems) => layer with
    {
        Input = layer.Input is { } input ? Round(input, layer.Name, problems) : null,
        Weight = layer.Weight is { } weight ? Round(weight, layer.Name, problems) : null,
    };

    private static InputQuantization Round(InputQuantization input, string layer, DiagnosticBag problems)
    {
        var scale = Round(input.Scale, layer, "input", problems);
        return scale == input.Scale ? input : input with { Scale = scale, Amax = 127 * scale };
    }

    private static WeightQuantization Round(WeightQuantization weight, string layer, DiagnosticBag problems)
    {
        var scale = weight.Scale.ToArray();
        var amax = weight.Amax.ToArray();
        for (var i = 0; i < scale.Length; i++)
        {
            var rounded = Round(scale[i], layer, weight.Axis is null ? "weight" : $"weight channel {i}", problems);
            if (rounded != scale[i])
            {
                (scale[i], amax[i]) = (rounded, 127 * rounded);
            }
        }

        return weight with { Scale = scale, Amax = amax };
    }

    private static float Round(float scale, string layer, string part, DiagnosticBag problems)
    {
        var half = (Half)scale;
        if (!Half.IsNormal(half) || half < Half.Zero)
        {
            var value = scale.ToString("R", CultureInfo.InvariantCulture);
            problems.Error(
                DiagnosticCodes.ScaleNotFp16,
                $"{layer}: the {part} scale {value} is not a positive normal FP16 number (6.104e-5 to 65504); add the layer to quantization.sensitive_layers or set onnx_config.body: fp32");
        }

        return (float)half;
    }
}
