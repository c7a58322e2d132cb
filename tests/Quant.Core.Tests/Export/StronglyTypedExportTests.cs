using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Models;
using Quant.Core.Quantization;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export;

public sealed class StronglyTypedExportTests
{
    private static readonly OnnxExportOptions Typed = new() { Precision = OnnxPrecision.Int8, Body = OnnxBody.Fp16 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Convolutions_have_fp16_scales_that_the_simulation_gets_back(bool prequantized)
    {
        var graph = SampleGraphs.Dense();
        var canvas = SampleGraphs.Canvas(8, 16);
        var table = ReferenceRunner.Ranges(graph, canvas);
        var export = OnnxExporter.Export(graph, Typed with { PrequantizedWeights = prequantized }, table);
        Assert.Equal(19, export.Model.OpsetImport.Single().Version);
        Assert.All(
            export.Model.Graph.Initializer.Where(tensor => tensor.Name.EndsWith(".scale", StringComparison.Ordinal)),
            tensor => Assert.Equal((int)DataType.Float16, tensor.DataType));
        Assert.All(export.Quantizers!.Layers, layer => Assert.All(layer.Weight!.Scale.Append(layer.Input!.Scale), scale => Assert.Equal(scale, (float)(Half)scale)));
        Assert.Equivalent(export.Quantizers, Fp16Scales.Round(export.Quantizers));
        var results = OrtRunner.Run(export.Model, canvas);
        var expected = ReferenceRunner.Outputs(graph, canvas, export.Quantizers);
        foreach (var (actual, wanted) in results.Zip(expected))
        {
            var largest = wanted.Values.Max(MathF.Abs);
            var mean = actual.Values.Zip(wanted.Values, (a, e) => Math.Abs(a - e)).Average();
            // FP16 activations near a rounding boundary take the neighbouring level; weights never do.
            Assert.InRange(mean, 0, 0.01 * largest);
        }
    }

    [Fact]
    public void Fp16_weights_fall_on_the_levels_of_the_simulated_fp32_weights()
    {
        var layer = SampleGraphs.Layer(new Random(9), "conv", LayerKind.Conv2d, 32, 32, 3, 1, 1);
        var graph = SampleGraphs.Single(layer);
        var table = Fp16Scales.Round(ReferenceRunner.Ranges(graph, SampleGraphs.Canvas(32, 4)));
        var model = OnnxExporter.Export(graph, Typed, table).Model;
        var weights = OnnxTensor.Values(model.Graph.Initializer.Single(tensor => tensor.Name == "conv.weight"))!;
        var expected = WeightLevels.Quantize(layer.Weight, layer.WeightShape, table.Layers[0].Weight!);
        var perChannel = weights.Length / 32;
        Assert.All(weights.Select((value, i) => (Half)((float)(Half)value / table.Layers[0].Weight!.Scale[i / perChannel])).Zip(expected), pair => Assert.Equal(pair.Second, Math.Clamp(MathF.Round((float)pair.First, MidpointRounding.ToEven), -128, 127)));
    }

    [Fact]
    public void Linear_layers_keep_fp32_around_their_matmul()
    {
        var graph = SampleGraphs.Encoder();
        var points = SampleGraphs.Points(7, 5, 9);
        var table = ReferenceRunner.Ranges(graph, points);
        var export = OnnxExporter.Export(graph, Typed, table);
        Assert.Equivalent(table, export.Quantizers);
        var producers = export.Model.Graph.Node.ToDictionary(node => node.Output[0]);
        Assert.All(export.Model.Graph.Node.Where(node => node.OpType == "MatMul"), node => Assert.All(node.Input, input => Assert.Equal("DequantizeLinear", producers[input].OpType)));
        OnnxExporterTests.AssertClose(OrtRunner.Run(export.Model, points), ReferenceRunner.Outputs(graph, points, table), 0.02);
    }

    [Theory]
    [InlineData(1e-5f, "weight channel 1")]
    [InlineData(70000f, "weight channel 1")]
    public void A_scale_outside_fp16_is_refused_with_its_layer(float scale, string part)
    {
        var graph = SampleGraphs.Dense();
        var table = ReferenceRunner.Ranges(graph, SampleGraphs.Canvas(8, 16));
        var weight = table.Layers[2].Weight!;
        var bad = weight with { Scale = [.. weight.Scale.Select((value, i) => i == 1 ? scale : value)] };
        table = table with { Layers = [.. table.Layers.Select((layer, i) => i == 2 ? layer with { Weight = bad, Input = layer.Input! with { Scale = 1e-8f } } : layer)] };
        var error = Assert.Throws<QuantException>(() => OnnxExporter.Export(graph, Typed, table));
        Assert.Equal(2, error.Diagnostics.Count);
        Assert.Equal(DiagnosticCodes.ScaleNotFp16, error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("pts_backbone.blocks.1.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bias_outside_fp16_is_refused_with_its_layer()
    {
        var layer = SampleGraphs.Layer(new Random(9), "conv", LayerKind.Conv2d, 4, 4, 3, 1, 1);
        layer.Bias![2] = 1e6f;
        OnnxExporterTests.AssertFails(DiagnosticCodes.WeightNotFp16, "conv: element 2 of conv.bias is 1000000", () => OnnxExporter.Export(SampleGraphs.Single(layer), new OnnxExportOptions { Precision = OnnxPrecision.Fp16 }));
    }
}
