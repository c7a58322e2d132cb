using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Models;

/// <summary>Against PyTorch (Golden/convnext_reference.py), and everything that can be wrong with a checkpoint or a section.</summary>
public sealed class ConvNextBackboneTests
{
    private static readonly ModelConfig Scaled = Model(new()
    {
        Type = "ConvNeXt_PC",
        InChannels = 6,
        OutChannels = [6, 8, 10],
        Depths = [2, 1, 1],
        OutIndices = [2, 0, 1],
        LayerScaleInitValue = 1,
    });

    // AWML gives stage 0 the canvas' channels whatever out_channels says, 4 here.
    private static readonly ModelConfig Large = Model(new()
    {
        Type = "ConvNeXt_PC",
        InChannels = 6,
        OutChannels = [4, 10],
        Depths = [1, 2],
        OutIndices = [1],
        FirstDownsample = 0,
        LayerScaleInitValue = 0,
        LargeArch = new() { Stages = [1], LargeKernelSizes = [9] },
    });

    [Theory]
    [InlineData("convnext_scaled", false)]
    [InlineData("convnext_scaled", true)]
    [InlineData("convnext_large", false)]
    [InlineData("convnext_large", true)]
    public void Every_output_is_PyTorchs(string name, bool folded)
    {
        var config = name == "convnext_large" ? Large : Scaled;
        var golden = Golden(name);
        using var model = CenterPoint.Load(State(config, golden), config, name);
        if (folded)
        {
            BatchNormFolder.Fold(model.Layers);
            Assert.All(model.Layers, layer => Assert.True(layer.IsFolded));
        }

        AssertEqual(golden, config, Outputs(model, config, golden));
    }

    [Fact]
    public void A_folded_state_dict_has_no_layer_scales_and_computes_the_same()
    {
        var golden = Golden("convnext_scaled");
        StateDict state;
        using (var model = CenterPoint.Load(State(Scaled, golden), Scaled, "reference"))
        {
            Assert.Equal(4, model.Parameters().Count(item => item.Name.EndsWith(".gamma", StringComparison.Ordinal)));
            var report = BatchNormFolder.Fold(model.Layers);
            Assert.True(report.Layers.Single(layer => layer.Name == "pts_backbone.stages.1.0.pointwise_conv2").Folded);
            state = model.ToStateDict();
        }

        Assert.DoesNotContain(state.Keys, key => key.EndsWith(".gamma", StringComparison.Ordinal) || key.Contains(".add", StringComparison.Ordinal));
        using var reloaded = CenterPoint.Load(state, Scaled, "fused.pth");
        AssertEqual(golden, Scaled, Outputs(reloaded, Scaled, golden));
    }

    [Theory]
    [InlineData("pts_backbone.stages.0.1.gamma")]
    [InlineData("pts_backbone.stages.1.0.norm.bias")]
    [InlineData("pts_backbone.stages.2.0.depthwise_conv.weight")]
    [InlineData("pts_backbone.downsample_layers.1.0.weight")]
    [InlineData("pts_backbone.norm2.weight")]
    public void A_missing_key_is_reported_with_its_name(string key)
    {
        var state = State(Scaled, Golden("convnext_scaled"));
        var error = Assert.Throws<QuantException>(() => CenterPoint.Load(new StateDict(state.Where(item => item.Key != key)), Scaled, "broken.pth"));
        Assert.Equal(DiagnosticCodes.StateDictMismatch, error.Code);
        Assert.Contains($"{key} is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layer_scales_that_the_section_turns_off_are_reported()
    {
        var config = Scaled with { PtsBackbone = Scaled.PtsBackbone with { LayerScaleInitValue = 0 } };
        var error = Assert.Throws<QuantException>(() => CenterPoint.Load(State(Scaled, Golden("convnext_scaled")), config, "broken.pth"));
        Assert.Equal(4, error.Diagnostics.Count);
        Assert.Contains("pts_backbone.stages.0.0.gamma is not part of the model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_kernel_size_is_reported_with_both_shapes()
    {
        var config = Large with { PtsBackbone = Large.PtsBackbone with { LargeArch = new() { Stages = [1], LargeKernelSizes = [13] } } };
        var error = Assert.Throws<QuantException>(() => CenterPoint.Load(State(Large, Golden("convnext_large")), config, "broken.pth"));
        Assert.Contains("pts_backbone.stages.1.1.depthwise_conv.weight has shape [10, 1, 9, 9], expected [10, 1, 13, 13]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_misfit_of_the_section_is_reported_at_once()
    {
        var backbone = Scaled.PtsBackbone with { Depths = [1, 1], OutIndices = [0, 5, 0], LargeArch = new() { Stages = [7], LargeKernelSizes = [8] } };
        var error = Assert.Throws<QuantException>(() => CenterPoint.Load(new StateDict([]), Scaled with { PtsBackbone = backbone }, "model.yaml"));
        Assert.All(error.Diagnostics, item => Assert.Equal(DiagnosticCodes.BackboneStages, item.Code));
        Assert.Equal(5, error.Diagnostics.Count);
    }

    [Theory]
    [InlineData(0, new[] { 2, 4, 8 })]
    [InlineData(1, new[] { 1, 2, 4 })]
    [InlineData(2, new[] { 1, 1, 2 })]
    public void Strides_count_the_stages_that_halve_the_resolution(int firstDownsample, int[] strides)
    {
        var config = Scaled.PtsBackbone with { FirstDownsample = firstDownsample };
        Assert.Equal(strides, config.OutputStrides);
        Assert.Equal([6, 8, 10], config.OutputChannels);
        Assert.Equal(strides[1..], (config with { OutIndices = [1, 2] }).OutputStrides);
    }

    private static ModelConfig Model(BackboneConfig backbone) => RandomModel.TwoTasks with
    {
        PtsBackbone = backbone,
        PtsNeck = new() { OutChannels = [.. backbone.OutputChannels.Select(_ => 4)], UpsampleStrides = [.. backbone.OutputStrides.Select(stride => (double)stride)] },
    };

    private static NpzFile Golden(string name) => NpzFile.Read(Path.Combine(Repository.Root, "tests", "Quant.Core.Tests", "Models", "Golden", $"{name}.npz"));

    /// <summary>The golden backbone inside a model whose other parts are random.</summary>
    private static StateDict State(ModelConfig config, NpzFile golden)
    {
        var others = RandomModel.StateDict(config, 1).Where(item => !item.Key.StartsWith("pts_backbone.", StringComparison.Ordinal));
        var backbone = golden.Names.Where(name => name.StartsWith("pts_backbone.", StringComparison.Ordinal))
            .Select(name => KeyValuePair.Create(name, CheckpointTensor.FromFloat32(golden.Floats(name), golden.Shape(name))));
        return new StateDict([.. others, .. backbone]);
    }

    private static Dictionary<string, float[]> Outputs(CenterPoint model, ModelConfig config, NpzFile golden)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var outputs = new Dictionary<string, float[]>();
        model.Dense.Forward(tensor(golden.Floats("input"), golden.Shape("input")), trace: (name, value) =>
        {
            if (config.PtsBackbone.OutIndices.Any(stage => name == $"pts_backbone.norm{stage}.channels_first"))
            {
                outputs[name] = value.contiguous().data<float>().ToArray();
            }
        });
        return outputs;
    }

    private static void AssertEqual(NpzFile golden, ModelConfig config, Dictionary<string, float[]> outputs)
    {
        foreach (var (index, stage) in config.PtsBackbone.OutIndices.Order().Index())
        {
            var expected = golden.Floats($"output{index}");
            var actual = outputs[$"pts_backbone.norm{stage}.channels_first"];
            Assert.Equal(expected.Length, actual.Length);
            Assert.True(expected.Max(MathF.Abs) > 0.5f);
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -1e-4f, 1e-4f));
        }
    }
}
