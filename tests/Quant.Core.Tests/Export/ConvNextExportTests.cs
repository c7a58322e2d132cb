using Microsoft.ML.OnnxRuntime;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using static TorchSharp.torch;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export;

/// <summary>A two-task ConvNeXt model from torch layers to ONNX Runtime, through the same calls as any other model.</summary>
public sealed class ConvNextExportTests
{
    private static readonly ModelConfig Config = RandomModel.ConvNext;

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(21)]
    public void The_float_graph_agrees_with_torch_in_every_opset(int opset)
    {
        using var model = Fused();
        var canvas = Canvas(model, 3);
        var export = OnnxExporter.Export(ExportGraph.From(model.Dense), new OnnxExportOptions { Opset = opset }).Model;
        Assert.Empty(OnnxLinter.Check(export));
        Assert.Equal(opset >= 17, export.Graph.Node.Any(node => node.OpType == "LayerNormalization"));
        foreach (var level in new[] { GraphOptimizationLevel.ORT_DISABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_ALL })
        {
            OnnxExporterTests.AssertClose(OrtRunner.Run(export, canvas, level), Forward(model, canvas), 1e-4);
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    public void The_half_graph_stays_near_torch(int opset)
    {
        using var model = Fused();
        var canvas = Canvas(model, 3);
        var export = OnnxExporter.Export(ExportGraph.From(model.Dense), new OnnxExportOptions { Precision = OnnxPrecision.Fp16, Opset = opset }).Model;
        Assert.DoesNotContain(OnnxLinter.Check(export), item => item.Severity == Severity.Error);
        OnnxExporterTests.AssertClose(OrtRunner.Run(export, canvas), Forward(model, canvas), 0.03);
    }

    [Theory]
    [InlineData(false, 13)]
    [InlineData(false, 17)]
    [InlineData(true, 17)]
    public void The_int8_graph_reproduces_the_simulation_in_torch(bool prequantized, int opset)
    {
        using var model = Fused();
        var canvas = Canvas(model, 3);
        var table = Table(model);
        var onnx = OnnxExporter.Export(ExportGraph.From(model.Dense), new OnnxExportOptions { Precision = OnnxPrecision.Int8, PrequantizedWeights = prequantized, Opset = opset }, table).Model;
        Assert.DoesNotContain(OnnxLinter.Check(onnx), item => item.Severity == Severity.Error);
        AssertWithinOneStep(model, table, OrtRunner.Run(onnx, canvas), Simulate(model, table, canvas));
    }

    [Fact]
    public void The_typed_graph_keeps_fp32_at_each_matmul_and_stays_near_the_simulation()
    {
        using var model = Fused();
        var canvas = Canvas(model, 3);
        var export = OnnxExporter.Export(ExportGraph.From(model.Dense), new OnnxExportOptions { Precision = OnnxPrecision.Int8, Body = OnnxBody.Fp16 }, Table(model));
        Assert.DoesNotContain(OnnxLinter.Check(export.Model), item => item.Severity == Severity.Error);
        var producers = export.Model.Graph.Node.ToDictionary(node => node.Output[0]);
        var types = export.Model.Graph.Initializer.ToDictionary(tensor => tensor.Name, tensor => (DataType)tensor.DataType);
        var products = export.Model.Graph.Node.Where(node => node.OpType == "MatMul").ToList();
        Assert.Equal(8, products.Count);
        Assert.All(products.SelectMany(node => node.Input), input => Assert.Equal(DataType.Float, types[producers[input].Input[1]]));
        Assert.All(export.Model.Graph.Node.Where(node => node.OpType == "Conv").SelectMany(node => node.Input.Take(2)), input => Assert.Equal(DataType.Float16, types[producers[input].Input[1]]));
        var simulated = Simulate(model, export.Quantizers!, canvas);
        foreach (var (actual, wanted) in OrtRunner.Run(export.Model, canvas).Zip(simulated))
        {
            Assert.InRange(actual.Values.Zip(wanted.Values, (a, e) => Math.Abs(a - e)).Average(), 0, 0.02 * wanted.Values.Max(MathF.Abs));
        }
    }

    [Fact]
    public void A_block_quantizes_its_input_once_and_leaves_the_branch_float_up_to_the_sum()
    {
        using var model = Fused();
        var nodes = OnnxExporter.Export(ExportGraph.From(model.Dense), new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, Table(model)).Model.Graph.Node.ToDictionary(node => node.Name);
        foreach (var block in new[] { "pts_backbone.stages.0.0", "pts_backbone.stages.1.0", "pts_backbone.stages.1.1", "pts_backbone.stages.2.0" })
        {
            var (convolution, sum) = (nodes[$"{block}.depthwise_conv"], nodes[$"{block}.add"]);
            Assert.Equal(convolution.Input[0], sum.Input[0]);
            Assert.EndsWith("_input_quantizer/dequantized", sum.Input[0], StringComparison.Ordinal);
            Assert.Equal($"{block}.pointwise_conv2.channels_first", sum.Input[1]);
        }
    }

    [Fact]
    public void The_cpu_form_multiplies_every_pointwise_layer_as_integer()
    {
        using var model = Fused();
        var canvas = Canvas(model, 3);
        var table = Table(model);
        var graph = ExportGraph.From(model.Dense);
        var cpu = CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = true });
        Assert.Empty(OnnxLinter.Check(cpu, new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu }));
        var count = IntegerLayerCount.Of(OrtRunner.Optimize(cpu, GraphOptimizationLevel.ORT_ENABLE_EXTENDED), graph.Layers.Where(layer => layer.IsWeighted).Select(layer => layer.Name));
        Assert.All(graph.Layers.Where(layer => layer.Kind == LayerKind.Linear), layer => Assert.Contains(layer.Name, count.IntegerLayers));

        // The same levels as the signed graph: both are compared with the float outputs.
        var wanted = Forward(model, canvas);
        var signed = Simulate(model, table, canvas);
        foreach (var ((actual, simulated), expected) in OrtRunner.Run(cpu, canvas, GraphOptimizationLevel.ORT_ENABLE_ALL).Zip(signed).Zip(wanted))
        {
            Assert.InRange(Error(actual, expected), 0, (1.5 * Error(simulated, expected)) + 1e-3);
        }
    }

    private static double Error(HostTensor actual, HostTensor expected) => actual.Values.Zip(expected.Values, (a, e) => Math.Abs((double)a - e)).Average();

    private static void AssertWithinOneStep(CenterPoint model, QuantizerTable table, List<HostTensor> actual, List<HostTensor> expected)
    {
        foreach (var (output, (found, wanted)) in model.Dense.Outputs.Zip(actual.Zip(expected)))
        {
            var differences = found.Values.Zip(wanted.Values, (a, e) => MathF.Abs(a - e)).Order().ToList();
            Assert.InRange(differences[(int)(differences.Count * 0.999)], 0, table[output.Value].Input!.Scale);
        }
    }

    private static CenterPoint Fused()
    {
        var model = CenterPoint.Load(RandomModel.StateDict(Config, 5), Config, "random.pth");
        BatchNormFolder.Fold(model.Layers);
        return model;
    }

    private static QuantizerTable Table(CenterPoint model)
    {
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var frames = Enumerable.Range(3, 2).Select(seed => new CalibrationFrame($"{seed}", RandomModel.Pillars(Config, seed))).ToList();
        return Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
    }

    private static HostTensor Canvas(CenterPoint model, int seed)
    {
        using var canvas = model.Canvas(RandomModel.Pillars(Config, seed));
        return new HostTensor(canvas.contiguous().data<float>().ToArray(), canvas.shape);
    }

    private static List<HostTensor> Simulate(CenterPoint model, QuantizerTable table, HostTensor canvas)
    {
        using var quantizers = QuantizedLayers.Attach(model, table);
        return Forward(model, canvas);
    }

    private static List<HostTensor> Forward(CenterPoint model, HostTensor input)
    {
        using var scope = NewDisposeScope();
        var outputs = model.Dense.Forward(tensor(input.Values, input.Shape));
        return [.. model.Dense.Outputs.Select(output => new HostTensor(outputs[output.Name].contiguous().data<float>().ToArray(), outputs[output.Name].shape))];
    }
}
