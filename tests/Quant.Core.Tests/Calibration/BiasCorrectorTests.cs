using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class BiasCorrectorTests
{
    private static readonly ModelConfig Config = RandomModel.TwoTasks;

    /// <summary>Also with a quantized encoder before a float backbone, and with branches of the neck that stay float throughout.</summary>
    [Theory]
    [InlineData(false, "pts_backbone", "pts_neck", "pts_bbox_head")]
    [InlineData(true, "pts_backbone", "pts_neck", "pts_bbox_head")]
    [InlineData(false, "pts_voxel_encoder")]
    [InlineData(false, "pts_backbone.blocks.1*", "pts_bbox_head")]
    [InlineData(true, "pts_backbone.stages.2*", "pts_bbox_head")]
    public void After_correction_every_output_channel_has_the_float_mean(bool convNext, params string[] quantize)
    {
        // Maps of 36² and 18² cells: the second leave a rest beside whole vectors.
        var config = (convNext ? RandomModel.ConvNext : Config) with { PointCloudRange = [-9f, -9f, -3f, 9f, 9f, 5f] };
        using var model = EqualizerTests.Fused(config);
        using var scope = NewDisposeScope();
        var frames = EqualizerTests.Frames(config, 4);
        var expected = Means(model, frames);
        var table = Table(model, frames, quantize);
        List<double> progress = [];

        var result = BiasCorrector.Run(model, table, new BiasCorrectionConfig(), frames, progress.Add);

        var nodes = model.Encoder.Nodes.Length + model.Dense.Nodes.Length;
        Assert.Equal(Enumerable.Range(1, nodes).Select(step => (double)step / nodes), progress);
        Assert.All(result.Layers, layer => Assert.Equal(Math.Pow(layer.RmsBefore, 2) - Math.Pow(layer.RmsAfter, 2), layer.Shift.Average(shift => (double)shift * shift), 1e-6 * Math.Pow(layer.RmsBefore, 2)));

        using var quantizers = QuantizedLayers.Attach(model, table);
        foreach (var (name, mean) in Means(model, frames))
        {
            Assert.InRange((mean - expected[name]).abs().max().item<double>(), 0, 4e-6);
        }
    }

    [Fact]
    public void A_layer_without_a_bias_gets_one()
    {
        using var model = EqualizerTests.Fused(Config);
        var layer = model["pts_backbone.blocks.0.0"];
        layer.Replace(layer.Weight, null, null);
        var frames = EqualizerTests.Frames(Config, 2);

        var result = BiasCorrector.Run(model, Table(model, frames), new BiasCorrectionConfig(), frames);

        Assert.Equal(result.Layers[0].Shift, layer.Bias!.data<float>().ToArray());
    }

    [Fact]
    public void No_frames_are_an_error()
    {
        using var model = EqualizerTests.Fused(Config);
        var table = Table(model, EqualizerTests.Frames(Config, 1));
        var error = Assert.Throws<QuantException>(() => BiasCorrector.Run(model, table, new BiasCorrectionConfig(), []));
        Assert.Equal(("QNT0310", "bias correction has no frames"), (error.Code, error.Diagnostics[0].Message));
    }

    /// <summary>A frame needs its float and its quantized values; a value lives from the step that writes it to the last that reads it.</summary>
    [Fact]
    public void As_many_frames_are_used_as_fit_into_memory()
    {
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 3);
        var table = Table(model, frames);
        var sizes = new Dictionary<string, long>();
        long Peak(LayerGraph graph)
        {
            var read = graph.Nodes.Index().SelectMany(node => node.Item.Inputs.Select(name => (name, node.Index))).GroupBy(item => item.name).ToDictionary(group => group.Key, group => group.Max(item => item.Index));
            var written = graph.Nodes.Index().ToDictionary(node => node.Item.Output, node => node.Index);
            written[graph.Input] = 0;
            return Enumerable.Range(0, graph.Nodes.Length).Max(step => written.Where(value => value.Value <= step && (graph.Outputs.Any(output => output.Value == value.Key) || read[value.Key] >= step)).Sum(value => sizes[value.Key]));
        }

        using (NewDisposeScope())
        {
            var pillars = frames[0].Pillars;
            var canvas = model.Canvas(pillars);
            (sizes[model.Encoder.Input], sizes[model.Dense.Input]) = (pillars.Features().Length * 4L, canvas.numel() * 4);
            model.Forward(pillars, trace: (name, value) => sizes[name] = value.numel() * 4);
        }

        var bytes = 2.0 * Math.Max(Peak(model.Encoder), Peak(model.Dense));
        int Used(double frameCount, int batches = 32) => BiasCorrector.Run(model, table, new BiasCorrectionConfig { MemoryGb = frameCount * bytes / (1L << 30), NumBatches = batches }, frames).Frames;

        Assert.Equal([1, 1, 2, 2, 3, 3], [Used(0.5), Used(1.999), Used(2.001), Used(2.999), Used(3.001), Used(50)]);
        Assert.Equal(2, Used(50, 2));
    }

    /// <summary>
    /// The first corrected layer sees the float network's own input, so its error is known without the corrector. Its maps have 32², 36² and 132² cells:
    /// whole vectors, a rest, and enough for two threads.
    /// </summary>
    [Theory]
    [InlineData(8f)]
    [InlineData(9f)]
    [InlineData(33f)]
    public void The_record_holds_each_channels_shift_and_the_error_before_and_after(float reach)
    {
        var config = Config with { PointCloudRange = [-reach, -reach, -3f, reach, reach, 5f] };
        using var model = EqualizerTests.Fused(config);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var frames = EqualizerTests.Frames(config, 3);
        var table = Table(model, frames);
        var layer = model["pts_backbone.blocks.0.0"];
        List<Tensor> errors = [];
        foreach (var canvas in frames.Select(frame => model.Canvas(frame.Pillars)))
        {
            var expected = layer.Operate(canvas);
            using var quantizers = QuantizedLayers.Attach(model, table);
            errors.Add((expected - layer.Operate(layer.InputQuantizer!.Quantize(canvas))).to(float64));
        }

        var error = cat([.. errors]);
        var mean = error.mean([0, 2, 3]);

        var record = BiasCorrector.Run(model, table, new BiasCorrectionConfig(), frames).Layers[0];

        Assert.All(mean.data<double>().ToArray().Zip(record.Shift), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
        Assert.Equal(mean.abs().mean().ToDouble(), record.MeanErrorBefore, 1e-7);
        Assert.Equal(Math.Sqrt(error.square().mean().ToDouble()), record.RmsBefore, 1e-9);
        Assert.Equal(Math.Sqrt((error - mean.reshape(1, -1, 1, 1)).square().mean().ToDouble()), record.RmsAfter, 1e-9);
        Assert.True(record.RmsAfter < record.RmsBefore);
    }

    [Fact]
    public void Layers_before_the_first_quantized_one_keep_their_bias()
    {
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 2);

        var result = BiasCorrector.Run(model, Table(model, frames), new BiasCorrectionConfig(), frames);

        Assert.Equal(2, result.Frames);
        Assert.DoesNotContain(result.Layers, layer => layer.Name.StartsWith("pts_voxel_encoder", StringComparison.Ordinal));
        Assert.Equal("pts_backbone.blocks.0.0", result.Layers[0].Name);
        Assert.Equal(model.Dense.Layers.Count(), result.Layers.Count);
    }

    [Fact]
    public void Too_little_memory_means_fewer_frames_and_a_warning()
    {
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 3);

        var result = BiasCorrector.Run(model, Table(model, frames), new BiasCorrectionConfig { MemoryGb = 1e-6 }, frames);

        Assert.Equal(1, result.Frames);
        var warning = Assert.Single(result.Warnings);
        Assert.Equal("QNT0317", warning.Code);
        Assert.Equal("bias correction uses 1 of 3 frames: one frame's activations take 0.00 GiB; raise quantization.bias_correction.memory_gb to use more", warning.Message);
        Assert.Empty(BiasCorrector.Run(model, Table(model, frames), new BiasCorrectionConfig(), frames).Warnings);
    }

    [Fact]
    public void The_result_is_bit_equal_on_a_second_run()
    {
        var shifts = Enumerable.Range(0, 2).Select(_ =>
        {
            using var model = EqualizerTests.Fused(Config);
            var frames = EqualizerTests.Frames(Config, 3);
            return BiasCorrector.Run(model, Table(model, frames), new BiasCorrectionConfig(), frames).Layers.SelectMany(layer => layer.Shift).ToArray();
        }).ToList();

        Assert.Equal(shifts[0], shifts[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_empty_map_alone_removes_the_constant_error_of_empty_cells(bool convNext)
    {
        var config = (convNext ? RandomModel.ConvNext : Config) with { PointCloudRange = [-32f, -32f, -3f, 32f, 32f, 5f] };
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(config);
        var table = Table(model, EqualizerTests.Frames(config, 3));
        var empty = zeros(1, config.PtsBackbone.InChannels, config.GridY, config.GridX);
        var wanted = Centre(model.Dense.Forward(empty));
        double Error()
        {
            using var quantizers = QuantizedLayers.Attach(model, table);
            return Centre(model.Dense.Forward(empty)).Max(output => (output.Value - wanted[output.Key]).abs().max().ToDouble());
        }

        var before = Error();
        var result = BiasCorrector.Run(model, table, new BiasCorrectionConfig { Source = "empty_map" }, () => throw new InvalidOperationException("no frame is needed"));

        Assert.Equal(0, result.Frames);
        Assert.True(before > 1e-3);
        // A transposed convolution answers an empty map with one constant for each of its phases; a bias removes their mean.
        Assert.InRange(Error(), 0, 1e-5);

        Dictionary<string, Tensor> Centre(IReadOnlyDictionary<string, Tensor> outputs) =>
            outputs.ToDictionary(output => output.Key, output => output.Value.narrow(2, output.Value.shape[2] * 3 / 8, output.Value.shape[2] / 4).narrow(3, output.Value.shape[3] * 3 / 8, output.Value.shape[3] / 4).mean([2, 3]));
    }

    private static QuantizerTable Table(CenterPoint model, List<CalibrationFrame> frames, params string[] quantize)
    {
        var plan = QuantizationPlan.Create(model, quantize.Length == 0 ? new QuantizationConfig() : new QuantizationConfig { Quantize = quantize });
        return Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
    }

    private static Dictionary<string, Tensor> Means(CenterPoint model, List<CalibrationFrame> frames)
    {
        using var noGrad = no_grad();
        return frames.Select(frame => model.Forward(frame.Pillars)).SelectMany(outputs => outputs).GroupBy(output => output.Key)
            .ToDictionary(group => group.Key, group => stack([.. group.Select(output => output.Value.to(float64))]).mean([0, 1, 3, 4]));
    }
}
