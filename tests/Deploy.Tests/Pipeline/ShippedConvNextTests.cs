using Deploy.Configuration;
using Deploy.Pipeline;
using Deploy.Tests.Configuration;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using Xunit;

namespace Deploy.Tests.Pipeline;

/// <summary>The two ConvNeXt models of AWML from their shipped sections with random weights: load, fold, plan, calibrate, export.</summary>
public sealed class ShippedConvNextTests
{
    [Theory]
    [InlineData("awml_convnext_small_secfpn_121m_int8.yaml", 8, 8 * 4)]
    [InlineData("awml_convnext_secfpn_50m_int8.yaml", 10, 10 * 4)]
    public void Every_graph_of_the_model_is_written_and_clean(string name, int blocks, int inBlocks)
    {
        var shipped = ConfigLoader.Load(Path.Combine(ConfigFolder.Repository, "deploy_configs", name), []).Config;
        // The same layers on a canvas of 64 × 64.
        var half = 32 * shipped.Model.VoxelSize[0];
        var config = shipped.Model with { PointCloudRange = [-half, -half, -3, half, half, 5] };
        using var model = CenterPoint.Load(RandomModel.StateDict(config, 2), config, name);
        BatchNormFolder.Fold(model.Layers);
        var plan = QuantizationPlan.Create(model, shipped.Quantization);
        Assert.Equal(blocks, plan.Layers.Count(layer => layer is { Kind: LayerKind.Add, Quantized: true }));
        Assert.Equal(inBlocks, plan.Layers.Count(layer => layer.Quantized && layer.Name.StartsWith("pts_backbone.stages", StringComparison.Ordinal)));
        var frames = new[] { new CalibrationFrame("random", RandomModel.Pillars(config, 1)) };
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
        var graph = ExportGraph.From(model.Dense);
        foreach (var options in new OnnxExportOptions[]
        {
            new(),
            new() { Precision = OnnxPrecision.Fp16 },
            new() { Precision = OnnxPrecision.Int8 },
            new() { Precision = OnnxPrecision.Int8, Body = OnnxBody.Fp16 },
        })
        {
            var export = OnnxExporter.Export(graph, options, options.Precision == OnnxPrecision.Int8 ? table : null).Model;
            Assert.DoesNotContain(OnnxLinter.Check(export), item => item.Severity == Severity.Error);
        }

        var cpu = CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = true });
        Assert.Empty(OnnxLinter.Check(cpu, new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu }));
    }
}
