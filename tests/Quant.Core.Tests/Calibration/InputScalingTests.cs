using Microsoft.ML.OnnxRuntime;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Export;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class InputScalingTests
{
    private const string First = "pts_voxel_encoder.pfn_layers.0.linear";
    private static readonly ModelConfig Config = RandomModel.TwoTasks;
    private static readonly QuantizationConfig Encoder = new() { Quantize = ["pts_voxel_encoder"] };

    [Theory]
    [InlineData("auto", 50f, 0.1f, true)]
    [InlineData("auto", 1f, 0.2f, false)]
    [InlineData("true", 1f, 0.2f, true)]
    [InlineData("false", 50f, 0.1f, false)]
    public void Channels_are_scaled_by_their_maxima_where_they_differ_tenfold(string mode, float large, float small, bool scaled) =>
        Assert.Equal(scaled ? [large, 1f, small] : null, InputScaling.Scales([large, 0, small], mode));

    [Fact]
    public void A_tensor_of_zeros_is_never_scaled() => Assert.Null(InputScaling.Scales([0, 0], "true"));

    [Theory]
    [InlineData("max", "compat")]
    [InlineData("histogram", "compat")]
    [InlineData("histogram", "two_pass")]
    [InlineData("grid", "compat")]
    public void Every_method_scales_the_first_linear_and_loses_far_less(string method, string binning)
    {
        using var model = EqualizerTests.Fused(Config);
        var (plan, frames) = (QuantizationPlan.Create(model, Encoder), EqualizerTests.Frames(Config, 8));
        var config = new CalibrationConfig { Method = method, Binning = binning };
        // As training does it: channels of small range get large weights.
        var maxima = Calibrator.Observe(model, plan, config, 0, null, frames).Tensors[0].ChannelMaxima!;
        var layer = model[First];
        layer.Replace((layer.Weight / tensor([.. maxima.Select(maximum => MathF.Max(maximum, 1e-3f))])).DetachFromDisposeScope(), layer.Bias, null);

        var scaled = Calibrator.Table(model, plan, Calibrator.Run(model, plan, config, () => frames).Ranges);
        var plain = Calibrator.Table(model, plan, Calibrator.Run(model, plan, config, () => frames, "false").Ranges);

        Assert.Equal(Config.PtsVoxelEncoder.DecoratedChannels, scaled[First].Input!.ChannelScale!.Count);
        Assert.InRange(scaled[First].Input!.Amax, 0.1f, 1.0001f);
        Assert.Null(plain[First].Input!.ChannelScale);
        Assert.InRange(EncoderError(model, scaled, frames), 0, 0.5 * EncoderError(model, plain, frames));
    }

    [Fact]
    public void The_maximum_of_a_scaled_tensor_is_known_without_seeing_it_again()
    {
        using var model = EqualizerTests.Fused(Config);
        var (plan, frames) = (QuantizationPlan.Create(model, Encoder), EqualizerTests.Frames(Config, 4));
        var config = new CalibrationConfig { Binning = "two_pass" };
        var first = InputScaling.Apply(Calibrator.Observe(model, plan, config, 0, null, frames), "auto");

        var second = Calibrator.Observe(model, plan, config, 2048, first, frames);

        Assert.Equal(first.Tensors.Select(tensor => tensor.Maximum), second.Tensors.Select(tensor => tensor.Maximum));
    }

    [Fact]
    public void Exported_files_hold_one_mul_and_compute_what_the_simulation_does()
    {
        using var model = EqualizerTests.Fused(Config);
        var (plan, frames) = (QuantizationPlan.Create(model, Encoder), EqualizerTests.Frames(Config, 4));
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
        var graph = ExportGraph.From(model.Encoder);
        var pillars = frames[0].Pillars;
        var input = new HostTensor(pillars.Features(), [pillars.Count, pillars.MaxPoints, pillars.FeatureCount]);
        HostTensor simulated;
        using (QuantizedLayers.Attach(model, table))
        using (NewDisposeScope())
        {
            simulated = model.Encoder.Forward(tensor(input.Values, input.Shape))["pillar_features"].ToHost();
        }

        foreach (var body in new[] { OnnxBody.Fp32, OnnxBody.Fp16 })
        {
            var int8 = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8, Body = body }, table).Model;
            Assert.Equal(1, int8.Graph.Node.Count(node => node.OpType == "Mul"));
            Assert.DoesNotContain(OnnxLinter.Check(int8), item => item.Severity == Severity.Error);
            var step = table["pts_voxel_encoder.pfn_layers.1.linear"].Input!.Scale;
            Assert.InRange(Largest(OrtRunner.Run(int8, input)[0], simulated), 0, body == OnnxBody.Fp32 ? step : 5 * step);
        }

        var cpu = CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = false });
        Assert.InRange(Largest(OrtRunner.Run(cpu, input, GraphOptimizationLevel.ORT_ENABLE_ALL)[0], simulated), 0, table["pts_voxel_encoder.pfn_layers.1.linear"].Input!.Scale);
    }

    [Fact]
    public void Without_the_mul_the_factors_stand_in_the_file_and_scaled_features_give_the_same_bits()
    {
        using var model = EqualizerTests.Fused(Config);
        var (plan, frames) = (QuantizationPlan.Create(model, Encoder), EqualizerTests.Frames(Config, 4));
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
        var graph = ExportGraph.From(model.Encoder);
        var pillars = frames[0].Pillars;
        HostTensor Input(IReadOnlyList<float>? factors) => new(InputFactors.Apply(pillars.Features(), pillars.FeatureCount, factors), [pillars.Count, pillars.MaxPoints, pillars.FeatureCount]);
        foreach (var body in new[] { OnnxBody.Fp32, OnnxBody.Fp16 })
        {
            var options = new OnnxExportOptions { Precision = OnnxPrecision.Int8, Body = body };
            var whole = OnnxExporter.Export(graph, options, table).Model;
            var folded = OnnxExporter.Export(graph, options with { ScaledInput = true }, table).Model;

            Assert.Null(InputFactors.Of(whole));
            Assert.DoesNotContain(folded.Graph.Node, node => node.OpType == "Mul");
            Assert.Equal([.. table[First].Input!.ChannelScale!.Select(scale => 1f / scale)], InputFactors.Of(folded));
            Assert.DoesNotContain(OnnxLinter.Check(folded), item => item.Severity == Severity.Error);
            Assert.Equal(OrtRunner.Run(whole, Input(null))[0].Values, OrtRunner.Run(folded, Input(InputFactors.Of(folded)))[0].Values);
        }
    }

    [Theory]
    [InlineData("1,0.5,nan")]
    [InlineData("1,-0.5")]
    [InlineData("")]
    public void Damaged_factors_are_refused(string value) => Assert.Equal("QNT0405", Assert.Throws<QuantException>(() => InputFactors.Parse(value)).Code);

    [Fact]
    public void Factors_of_another_number_of_features_are_refused() =>
        Assert.Equal("QNT0405", Assert.Throws<QuantException>(() => InputFactors.Apply(new float[10], 5, [1f, 2f])).Code);

    [Fact]
    public void Scales_that_do_not_fit_the_layer_are_refused()
    {
        using var model = EqualizerTests.Fused(Config);
        var (plan, frames) = (QuantizationPlan.Create(model, Encoder), EqualizerTests.Frames(Config, 2));
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
        var edited = table with { Layers = [.. table.Layers.Select(layer => layer.Name == First ? layer with { Input = layer.Input! with { ChannelScale = [1f, 0f] } } : layer)] };

        var error = Assert.Throws<QuantException>(() => OnnxExporter.Export(ExportGraph.From(model.Encoder), new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, edited));

        Assert.Contains(First, error.Message, StringComparison.Ordinal);
    }

    private static double EncoderError(CenterPoint model, QuantizerTable table, List<CalibrationFrame> frames)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var expected = frames.Select(frame => model.Canvas(frame.Pillars)).ToList();
        using var quantizers = QuantizedLayers.Attach(model, table);
        return frames.Select((frame, index) => (model.Canvas(frame.Pillars) - expected[index]).square().sum().ToDouble()).Sum();
    }

    private static float Largest(HostTensor left, HostTensor right) => left.Values.Zip(right.Values, (a, b) => MathF.Abs(a - b)).Max();
}
