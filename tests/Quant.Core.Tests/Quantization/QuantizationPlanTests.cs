using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Calibration;
using Quant.Core.Tests.Models;

namespace Quant.Core.Tests.Quantization;

/// <summary>Which layers are quantized, why the others are not, and what the plan says of each.</summary>
public sealed class QuantizationPlanTests : IDisposable
{
    private const string Encoder = "pts_voxel_encoder.pfn_layers.0.linear";
    private const string First = "pts_backbone.blocks.0.0";
    private const string Deconv = "pts_neck.deblocks.2.0";

    private readonly CenterPoint model = EqualizerTests.Fused(RandomModel.TwoTasks);

    public void Dispose() => model.Dispose();

    [Fact]
    public void By_default_everything_behind_the_pillar_net_is_quantized()
    {
        var plan = Plan(new());

        Assert.Equal(1, plan.Version);
        Assert.Equal(model.Layers.Select(layer => (layer.Name, layer.Kind)), plan.Layers.Select(layer => (layer.Name, layer.Kind)));
        Assert.Equal(model.Dense.Layers.Count(), plan.QuantizedCount);
        Assert.All(plan.Layers, layer => Assert.Equal(layer.Quantized, layer.Reason is null && layer.InputQuantizer is not null));
        Assert.Equal(new LayerPlan(Encoder, LayerKind.Linear, false, "not in quantization.quantize", null, null), plan[Encoder]);
        Assert.Equal(new LayerPlan(First, LayerKind.Conv2d, true, null, $"{First}._input_quantizer", 0), plan[First]);
    }

    [Fact]
    public void A_layer_is_kept_for_the_first_reason_that_applies()
    {
        var plan = Plan(new() { Quantize = ["pts_backbone", "pts_neck"], QuantizeKinds = ["Conv2d"], SensitiveLayers = ["pts_backbone.blocks.1", "pts_*.blocks.*.0"], Precision = new() { FirstLayerInput = "fp16" } });

        Assert.Equal("not in quantization.quantize", plan["pts_bbox_head.shared_conv.conv"].Reason);
        Assert.Equal("ConvTranspose2d is not in quantization.quantize_kinds", plan[Deconv].Reason);
        Assert.Equal("sensitive_layers: pts_backbone.blocks.1", plan["pts_backbone.blocks.1.0"].Reason);
        Assert.Equal("sensitive_layers: pts_*.blocks.*.0", plan[First].Reason);
        Assert.Null(plan["pts_backbone.blocks.0.3"].Reason);
    }

    [Theory]
    [InlineData("fp16", "first_layer_input: fp16")]
    [InlineData("int8", null)]
    public void The_first_layer_of_the_backbone_alone_can_keep_its_input(string precision, string? reason)
    {
        var plan = Plan(new() { Precision = new() { FirstLayerInput = precision } });

        Assert.Equal(reason, plan[First].Reason);
        Assert.Equal(model.Dense.Layers.Count() - (reason is null ? 0 : 1), plan.QuantizedCount);
    }

    [Theory]
    [InlineData("per_tensor", null)]
    [InlineData("per_channel", 1)]
    public void A_transposed_convolution_has_one_range_unless_that_is_changed(string config, int? axis)
    {
        var plan = Plan(new() { DeconvWeight = config });

        Assert.Equal((LayerKind.ConvTranspose2d, axis), (plan[Deconv].Kind, plan[Deconv].WeightAxis));
        Assert.Equal(0, plan["pts_neck.deblocks.0.0"].WeightAxis);
    }

    [Fact]
    public void Sums_have_no_weight_axis_and_norms_stay_in_float()
    {
        using var convNext = EqualizerTests.Fused(RandomModel.ConvNext);

        var plan = QuantizationPlan.Create(convNext, new());

        Assert.Contains(plan.Layers, layer => layer.Kind == LayerKind.Add);
        Assert.All(plan.Layers.Where(layer => layer.Kind == LayerKind.Add), layer => Assert.Equal((true, null), (layer.Quantized, layer.WeightAxis)));
        Assert.Contains(plan.Layers, layer => layer.Kind == LayerKind.LayerNorm);
        Assert.All(plan.Layers.Where(layer => layer.Kind == LayerKind.LayerNorm), layer => Assert.Equal((false, "LayerNorm stays in float"), (layer.Quantized, layer.Reason)));
    }

    [Fact]
    public void The_pillar_net_is_quantized_when_it_is_asked_for()
    {
        var plan = Plan(new() { Quantize = ["pts_voxel_encoder", "pts_neck"] });

        Assert.Equal(new LayerPlan(Encoder, LayerKind.Linear, true, null, $"{Encoder}._input_quantizer", 0), plan[Encoder]);
    }

    [Fact]
    public void Every_pattern_that_matches_nothing_is_told_with_its_key_and_an_example()
    {
        var error = Assert.Throws<QuantException>(() => QuantizationPlan.Create(
            model,
            new() { Quantize = ["pts_backbone", "backbone"], SensitiveLayers = ["pts_head"] },
            key => new SourceLocation(key)));

        Assert.All(error.Diagnostics, item => Assert.Equal("QNT0301", item.Code));
        Assert.Equal(["quantization.quantize", "quantization.sensitive_layers"], error.Diagnostics.Select(item => item.Location!.File));
        Assert.Equal($"'backbone' in quantization.quantize matches no layer; layers are named like {Encoder}, {First} (list them with 'deploy ptq --dry-run')", error.Diagnostics[0].Message);
        Assert.StartsWith("'pts_head' in quantization.sensitive_layers matches no layer", error.Diagnostics[1].Message, StringComparison.Ordinal);
        Assert.Null(Assert.Throws<QuantException>(() => Plan(new() { Quantize = ["backbone"] })).Diagnostics[0].Location);
    }

    [Fact]
    public void A_plan_without_layers_is_refused()
    {
        var error = Assert.Throws<QuantException>(() => QuantizationPlan.Create(model, new() { SensitiveLayers = ["**"] }, key => new SourceLocation(key)));

        Assert.Equal(("QNT0302", "quantization.sensitive_layers"), (error.Code, error.Diagnostics[0].Location!.File));
        Assert.Contains("no layer is left to quantize", error.Message, StringComparison.Ordinal);
        Assert.Equal("QNT0302", Assert.Throws<QuantException>(() => Plan(new() { SensitiveLayers = ["**"] })).Code);
    }

    [Fact]
    public void The_defaults_are_those_of_the_documents()
    {
        var config = new QuantizationConfig();

        Assert.Equal((true, "ptq", null, "auto", "nearest", "per_tensor"), (config.Enabled, config.Mode, config.Table, config.InputScaling, config.WeightRounding, config.DeconvWeight));
        Assert.Equal(["pts_backbone", "pts_neck", "pts_bbox_head"], config.Quantize);
        Assert.Equal(["Conv2d", "ConvTranspose2d", "Linear", "DepthwiseConv2d", "Add"], config.QuantizeKinds);
        Assert.Empty(config.SensitiveLayers);
        Assert.Equal((true, "auto", true), (config.Equalization.Enabled, config.Equalization.Alpha, config.Fusion.FuseBn));
        Assert.Equal((true, "frames"), (config.BiasCorrection.Enabled, config.BiasCorrection.Source));
        Assert.Equal(("cosine", true, true), (config.Qat.Schedule, config.Qat.FreezeBn, config.Qat.FreezeUnquantized));
        Assert.Equal(("int8", "int8", "int8", "fp16"), (config.Precision.DefaultInput, config.Precision.DefaultWeight, config.Precision.FirstLayerInput, config.Precision.LastLayerOutput));
    }

    [Fact]
    public void A_layer_that_does_not_exist_is_no_empty_entry()
    {
        Assert.Throws<InvalidOperationException>(() => Plan(new())["pts_none"]);
        Assert.Throws<InvalidOperationException>(() => new QuantizerTable([])["pts_none"]);
    }

    [Fact]
    public void A_missing_argument_is_named()
    {
        var plan = Plan(new());
        var table = new QuantizerTable([]);
        Named("model", () => QuantizationPlan.Create(null!, new()));
        Named("config", () => QuantizationPlan.Create(model, null!));
        Named("table", () => TableCheck.Fit(null!, model, plan, _ => null));
        Named("model", () => TableCheck.Fit(table, null!, plan, _ => null));
        Named("plan", () => TableCheck.Fit(table, model, null!, _ => null));
        Named("locate", () => TableCheck.Fit(table, model, plan, null!));
        Named("model", () => QuantizedLayers.Attach(null!, table));
        Named("table", () => QuantizedLayers.Attach(model, null!));
        Named("graph", () => SharedQuantizers.Of(null!, []));
        Named("layer", () => WeightRange.Max(null!, 0));
        Named("layer", () => WeightRange.MeanSquaredError(null!, 0));

        static void Named(string argument, Action action) => Assert.Equal(argument, Assert.Throws<ArgumentNullException>(action).ParamName);
    }

    private QuantizationPlan Plan(QuantizationConfig config) => QuantizationPlan.Create(model, config);
}
