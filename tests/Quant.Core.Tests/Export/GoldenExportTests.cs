using Microsoft.ML.OnnxRuntime;
using Quant.Core.Calibration;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using Testing;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Export;

/// <summary>The trained sample on one unseen frame: ONNX files against the values of an independent PyTorch implementation.</summary>
public sealed class GoldenExportTests
{
    private static readonly string[] Heads = ["heatmap", "reg", "height", "dim", "rot", "vel"];

    [Fact]
    public void The_fp32_files_reproduce_the_golden_outputs()
    {
        var golden = NpzFile.Read(SharedData.Require("golden/frame.npz"));
        using var model = Fused();
        var pillars = Pillars(golden);
        var encoder = OnnxExporter.Export(ExportGraph.From(model.Encoder), new OnnxExportOptions()).Model;
        var features = OrtRunner.Run(encoder, new HostTensor(pillars.Features(), [pillars.Count, pillars.MaxPoints, pillars.FeatureCount]), GraphOptimizationLevel.ORT_ENABLE_ALL)[0];
        Assert.InRange(ReferenceRunner.RelativeError(features.Values, golden.Floats("pillar_features")), 0, 1e-4);
        var dense = OnnxExporter.Export(ExportGraph.From(model.Dense), new OnnxExportOptions()).Model;
        var outputs = OrtRunner.Run(dense, Canvas(model, pillars), GraphOptimizationLevel.ORT_ENABLE_ALL);
        foreach (var (name, output) in Heads.Zip(outputs))
        {
            Assert.Equal(golden.Shape(name), output.Shape);
            Assert.InRange(ReferenceRunner.RelativeError(output.Values, golden.Floats(name)), 0, 1e-4);
        }
    }

    [Fact]
    public void The_int8_file_reproduces_the_simulation_and_the_cpu_form_stays_beside_it()
    {
        var golden = NpzFile.Read(SharedData.Require("golden/frame.npz"));
        using var model = Fused();
        var pillars = Pillars(golden);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => [new CalibrationFrame("golden", pillars)]).Ranges);
        var graph = ExportGraph.From(model.Dense);
        var canvas = Canvas(model, pillars);
        var int8 = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, table).Model;
        Assert.DoesNotContain(OnnxLinter.Check(int8), item => item.Severity == Severity.Error);
        List<HostTensor> simulated;
        using (QuantizedLayers.Attach(model, table))
        using (var scope = NewDisposeScope())
        {
            var outputs = model.Dense.Forward(tensor(canvas.Values, canvas.Shape));
            simulated = [.. Heads.Select(name => outputs[name].ToHost())];
        }

        var exact = OrtRunner.Run(int8, canvas);
        var cpu = CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = true });
        Assert.Equal(21, IntegerLayerCount.Of(OrtRunner.Optimize(cpu, GraphOptimizationLevel.ORT_ENABLE_EXTENDED), graph.Layers.Select(layer => layer.Name)).Integer);
        var form = OrtRunner.Run(cpu, canvas, GraphOptimizationLevel.ORT_ENABLE_ALL);
        for (var i = 0; i < Heads.Length; i++)
        {
            var step = table[model.Dense.Outputs[i].Value].Input!.Scale;
            Assert.InRange(Quantile(exact[i], simulated[i], 0.99), 0, 0.1 * step);
            Assert.InRange(Quantile(exact[i], simulated[i], 0.999), 0, step);

            // The same levels, but biases rounded to INT32: single flips travel on, and stay well below the error of quantization itself.
            var reference = new HostTensor(golden.Floats(Heads[i]), form[i].Shape);
            Assert.InRange(Quantile(form[i], exact[i], 0.5), 0, 0.5 * Quantile(exact[i], reference, 0.5));
            Assert.InRange(Quantile(form[i], exact[i], 0.99), 0, Quantile(exact[i], reference, 0.99));
        }
    }

    private static double Quantile(HostTensor left, HostTensor right, double part)
    {
        var differences = left.Values.Zip(right.Values, (a, b) => MathF.Abs(a - b)).Order().ToList();
        return differences[(int)(differences.Count * part)];
    }

    private static CenterPoint Fused()
    {
        var path = SharedData.Require("models/centerpoint_tiny.pth");
        var model = CenterPoint.Load(CheckpointReader.Read(path).StateDict, SmallModel.Config, path);
        BatchNormFolder.Fold(model.Layers);
        return model;
    }

    /// <summary>x, y, z and a time lag of 0: the sample has no intensity.</summary>
    private static PillarBatch Pillars(NpzFile golden) =>
        Voxelizer.Voxelize(new PointCloud([.. golden.Floats("points").Chunk(5).SelectMany(point => new[] { point[0], point[1], point[2], 0f })], 4), SmallModel.Config);

    private static HostTensor Canvas(CenterPoint model, PillarBatch pillars)
    {
        using var canvas = model.Canvas(pillars);
        return canvas.ToHost();
    }
}
