using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Calibration;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Peers;

/// <summary>Cases of pytorch-quantization's tests (pq), numbered as in docs/peer_cases.md: quantized layers and their weight ranges.</summary>
public sealed class LayerCases
{
    /// <summary>pq: utils reduce_amax over (1, 2, 3) and (0, 2, 3), and calibrate_weights(method max) per channel (C5): nested loops give the same.</summary>
    [Theory]
    [InlineData(LayerKind.Conv2d, 0)]
    [InlineData(LayerKind.ConvTranspose2d, 1)]
    public void B11_C5_weight_ranges_are_maxima_over_the_other_axes(LayerKind kind, int axis)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var weight = randn(7, 11, 3, 5);
        using var layer = new Layer("x", kind, weight, null, null, Activation.None);
        var values = weight.data<float>().ToArray();
        var expected = new float[axis == 0 ? 7 : 11];
        for (var index = 0; index < values.Length; index++)
        {
            ref var largest = ref expected[axis == 0 ? index / (11 * 15) : index / 15 % 11];
            largest = Math.Max(largest, Math.Abs(values[index]));
        }

        Assert.Equal(expected, WeightRange.Max(layer, axis).Amax);
        Assert.Equal([expected.Max()], WeightRange.Max(layer, null).Amax);
    }

    /// <summary>pq: quant_conv_test, quant_linear_test: the layer's output is the float operation on fake-quantized input and weight. Conv2d and Linear (255 → 257) per axis 0, ConvTranspose2d (13 → 17) per axis 1.</summary>
    [Theory]
    [InlineData("B12", LayerKind.Conv2d)]
    [InlineData("B13", LayerKind.ConvTranspose2d)]
    [InlineData("B14", LayerKind.Linear)]
    public void A_quantized_layer_is_the_operation_on_quantized_tensors(string id, LayerKind kind)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        manual_seed(13);
        var weight = kind switch { LayerKind.Conv2d => randn(17, 13, 3, 3), LayerKind.Linear => randn(257, 255), _ => randn(13, 17, 3, 3) };
        var input = kind == LayerKind.Linear ? randn(8, 255) : randn(2, 13, 16, 16);
        using var layer = new Layer(id, kind, weight, null, null, Activation.None);
        var range = WeightRange.Max(layer, layer.OutputAxis);
        using var inputs = new TensorQuantizer("i", [input.abs().max().ToSingle()]);
        using var weights = new TensorQuantizer("w", range.Amax, range.Axis, (int)weight.dim());
        layer.WeightQuantizer = weights;

        var output = layer.ForwardQuantizedInput(inputs.Quantize(input));

        var (fakeInput, fakeWeight) = (inputs.Quantize(input), weights.Quantize(weight));
        var expected = kind switch
        {
            LayerKind.Conv2d => nn.functional.conv2d(fakeInput, fakeWeight),
            LayerKind.Linear => nn.functional.linear(fakeInput, fakeWeight),
            _ => nn.functional.conv_transpose2d(fakeInput, fakeWeight),
        };
        Assert.Equal(kind == LayerKind.Linear ? 257 : 17, range.Amax.Count);
        Assert.Equal(expected.data<float>().ToArray(), output.data<float>().ToArray());
    }

    /// <summary>ort: test_calibrate, compute_range over several batches equals numpy's min and max: every activation's maximum equals that of a traced pass, exactly.</summary>
    [Fact]
    public void E6_calibrated_maxima_equal_those_of_traced_tensors()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EqualizerTests.Fused(RandomModel.TwoTasks);
        var frames = EqualizerTests.Frames(RandomModel.TwoTasks, 4);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var expected = new Dictionary<string, float>();
        foreach (var frame in frames)
        {
            var values = model.Dense.Trace(model.Canvas(frame.Pillars));
            foreach (var layer in model.Dense.Layers)
            {
                var name = plan[layer.Name].InputQuantizer!;
                expected[name] = Math.Max(expected.GetValueOrDefault(name), values[model.Dense.QuantizedInputsOf(layer)[0]].abs().max().ToSingle());
            }
        }

        var found = Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames, "false").Ranges;

        Assert.Equal(expected.Count, found.Count);
        Assert.All(found, range => Assert.Equal(expected[range.Quantizer], range.Amax));
    }
}
