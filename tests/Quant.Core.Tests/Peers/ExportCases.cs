using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Export;

namespace Quant.Core.Tests.Peers;

/// <summary>Cases of ONNX Runtime's quantization tests (ort), Model Optimizer (mo) and NVIDIA's issues, numbered as in docs/peer_cases.md.</summary>
public sealed class ExportCases
{
    /// <summary>ort: test_quant_util.test_compute_scale_zp, the symmetric INT8 rows: the range is max(|rmin|, |rmax|), the zero point always 0, and a subnormal range gives scale 1.</summary>
    [Theory]
    [InlineData(0f, 0f, 1f)]
    [InlineData(-1f, 2f, 2f / 127f)]
    [InlineData(-1.1754944e-39f, 1.1754944e-39f, 1f)]
    public void E1_scales(float low, float high, float scale) => Assert.Equal(scale, Symmetric.Scale(Math.Max(Math.Abs(low), Math.Abs(high))));

    /// <summary>ort: test_op_conv_transpose (E4), mo: no Q before a stored ConvTranspose weight (F5), issues 1519 and 1694: 13 → 17 channels with a scale for each output channel (G2).</summary>
    [Theory]
    [InlineData(OnnxBody.Fp32, null, false, 2)]
    [InlineData(OnnxBody.Fp32, 13, false, 2)]
    [InlineData(OnnxBody.Fp32, 17, true, 1)]
    [InlineData(OnnxBody.Fp16, 19, false, 2)]
    [InlineData(OnnxBody.Fp16, 19, true, 1)]
    public void E4_F5_G2_transposed_convolutions(OnnxBody body, int? opset, bool prequantized, int quantizeNodes)
    {
        var random = new Random(4);
        var layer = SampleGraphs.Layer(random, "deconv", LayerKind.ConvTranspose2d, 13, 17, 2, 2, 0, Activation.None);
        layer = layer with { Bias = [.. Enumerable.Repeat(0.17f, 17)] };
        var input = new HostTensor([.. Enumerable.Range(0, 13 * 49).Select(_ => (float)random.Next(-1, 2))], [1, 13, 7, 7]);
        var graph = SampleGraphs.Single(layer);
        var table = ReferenceRunner.Ranges(graph, input, perChannelDeconv: true);

        var export = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8, Body = body, Opset = opset, PrequantizedWeights = prequantized }, table);

        var nodes = export.Model.Graph.Node;
        var weight = table.Layers[0].Weight!;
        Assert.Equal((1, 17), (weight.Axis, weight.Scale.Count));
        Assert.Equal((1, quantizeNodes, 2), (nodes.Count(node => node.OpType == "ConvTranspose"), nodes.Count(node => node.OpType == "QuantizeLinear"), nodes.Count(node => node.OpType == "DequantizeLinear")));
        Assert.All(export.Model.Graph.Initializer.Where(item => item.Name.EndsWith("zero_point", StringComparison.Ordinal)), zero => Assert.All(zero.RawData.ToByteArray(), value => Assert.Equal(0, value)));
        var expected = ReferenceRunner.Outputs(graph, input, export.Quantizers)[0].Values;
        Assert.All(expected.Zip(OrtRunner.Run(export.Model, input)[0].Values), pair => Assert.Equal(pair.First, pair.Second, body == OnnxBody.Fp32 ? 1e-4f : 1e-2f));
    }

    /// <summary>Issues 1519 and 1694: ranges along the input channels do not pass for ranges along the output channels.</summary>
    [Fact]
    public void G2_ranges_on_the_wrong_axis_are_refused()
    {
        var graph = SampleGraphs.Single(SampleGraphs.Layer(new Random(2), "deconv", LayerKind.ConvTranspose2d, 13, 17, 2, 2, 0, Activation.None));
        var table = ReferenceRunner.Ranges(graph, new HostTensor([.. Enumerable.Repeat(1f, 13 * 4)], [1, 13, 2, 2]), perChannelDeconv: true);
        var wrong = table with { Layers = [table.Layers[0] with { Weight = table.Layers[0].Weight! with { Axis = 0 } }] };

        Assert.Equal("QNT0406", Assert.Throws<QuantException>(() => OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, wrong)).Code);
    }

    /// <summary>ort: test_qdq.TestAdjustWeightScaleForInt32Bias: weights of ±1e-7 with biases 5 and −4.5 at input scale 0.05. Our bias is float, so the graph gives it exactly; the CPU form's INT32 bias widens the weight's scale.</summary>
    [Fact]
    public void E5_a_bias_that_would_overflow_int32()
    {
        float[] weight = [1e-7f, -1e-7f, 1e-7f, -1e-7f, 1e-7f, -1e-7f, 1e-7f, -1e-7f];
        float[] bias = [5f, -4.5f, 5f, -4.5f, 5f, -4.5f, 5f, -4.5f];
        var graph = SampleGraphs.Single(new LayerWeights("conv", LayerKind.Conv2d, weight, [8, 1, 1, 1], bias, Activation.None));
        const float Amax = 0.05f * 127;
        float[] amax = [.. weight.Select(Math.Abs)];
        var table = new QuantizerTable([new LayerQuantization("conv", LayerKind.Conv2d, true, null, new InputQuantization("conv._input_quantizer", Amax, 0.05f, "max"), new WeightQuantization(0, amax, [.. amax.Select(Symmetric.Scale)]))]);
        var input = new HostTensor([-6f, 0f, 3f, 6f], [1, 1, 2, 2]);

        var graphs = new[]
        {
            OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, table).Model,
            CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = false }),
        };

        Assert.All(graphs, model => Assert.All(OrtRunner.Run(model, input)[0].Values.Index(), item => Assert.Equal(bias[item.Index / 4], item.Item, 1e-4f)));
    }

    /// <summary>A tensor read by six branches. Exactly one pair, so all scales are bit-equal.</summary>
    [Fact]
    public void G3_six_branches_read_one_pair()
    {
        var graph = SampleGraphs.Dense();
        var model = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, ReferenceRunner.Ranges(graph, SampleGraphs.Canvas(8, 16))).Model;

        Assert.Single(model.Graph.Node, node => node.OpType == "QuantizeLinear" && node.Input[0] == "pts_bbox_head.shared_conv.conv");
    }

    /// <summary>Export and parse again: scales are amax/127 in float32, zero points 0, opset 13 at least (also ort: test_symmetric_flag, E3).</summary>
    [Fact]
    public void E3_G5_a_file_read_again_has_scale_amax_over_127_and_zero_point_0()
    {
        var graph = SampleGraphs.Dense();
        var table = ReferenceRunner.Ranges(graph, SampleGraphs.Canvas(8, 16));

        var model = ModelProto.Parser.ParseFrom(OnnxFile.Serialize(OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8, Opset = 13 }, table).Model));

        var constants = model.Graph.Initializer.ToDictionary(item => item.Name, item => item.RawData.ToByteArray());
        Assert.All(table.Layers, layer =>
        {
            Assert.Equal(layer.Input!.Amax / 127f, BitConverter.ToSingle(constants[$"{layer.Input.Quantizer}.scale"]));
            Assert.Equal([.. layer.Weight!.Amax.Select(amax => amax / 127f)], Floats(constants[$"{layer.Name}._weight_quantizer.scale"]));
            Assert.All(constants[$"{layer.Name}._weight_quantizer.zero_point"], zero => Assert.Equal(0, zero));
        });
        Assert.Equal(13, model.OpsetImport[0].Version);
    }

    private static float[] Floats(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
