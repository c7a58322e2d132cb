using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Quant.Core.Tests.Export;

/// <summary>Ranges on their way into a file: which are refused, which levels and FP16 scales they become.</summary>
public sealed class ExportRangeTests
{
    private static readonly LayerWeights Conv = SampleGraphs.Layer(new Random(1), "conv", LayerKind.Conv2d, 3, 2, 1, 1, 0);
    private static readonly LayerWeights Linear = SampleGraphs.Layer(new Random(1), "linear", LayerKind.Linear, 3, 2, 0, 1, 0);
    private static readonly InputQuantization Input = new("conv._input_quantizer", 1.27f, 0.01f, "max");
    private static readonly LayerQuantization Entry = new("conv", LayerKind.Conv2d, true, null, Input, new WeightQuantization(0, [1.27f, 2.54f], [0.01f, 0.02f]));

    [Fact]
    public void A_table_of_another_model_is_refused_in_words()
    {
        Refused("quantization.json has no entry for it", Entry with { Name = "other" });
        Refused("it is marked as quantized without an input or weight range", Entry with { Input = null });
        Refused("it is marked as quantized without an input or weight range", Entry with { Weight = null });
        Refused("its channel scales (3) do not fit a Conv2d with 3 input channels", Entry with { Input = Input with { ChannelScale = [1, 1, 1] } });
        Refused("its weight axis 4 is outside [2, 3, 1, 1]", Entry with { Weight = Entry.Weight! with { Axis = 4 } });
        Refused("its weight axis -1 is outside [2, 3, 1, 1]", Entry with { Weight = Entry.Weight! with { Axis = -1 } });
        Refused("it has 2 weight ranges and 2 scales for 3", Entry with { Weight = Entry.Weight! with { Axis = 1 } });
        Refused("it has 2 weight ranges and 2 scales for 1", Entry with { Weight = Entry.Weight! with { Axis = null } });
        Refused("it has 2 weight ranges and 1 scales for 2", Entry with { Weight = Entry.Weight! with { Scale = [1] } });
        Refused("it has 1 weight ranges and 2 scales for 2", Entry with { Weight = Entry.Weight! with { Amax = [1] } });
        const string Scale = "a scale is not positive and finite";
        Refused(Scale, Entry with { Input = Input with { Scale = 0 } });
        Refused(Scale, Entry with { Input = Input with { Scale = float.PositiveInfinity } });
        Refused(Scale, Entry with { Input = Input with { Amax = float.NaN } });
        Refused(Scale, Entry with { Weight = Entry.Weight! with { Scale = [1, 0] } });
        Refused(Scale, Entry with { Weight = Entry.Weight! with { Scale = [1, float.NaN] } });
        Refused(Scale, Entry with { Weight = Entry.Weight! with { Amax = [1, float.PositiveInfinity] } });
    }

    [Fact]
    public void Channel_scales_of_a_linear_layer_must_be_positive_and_as_many_as_its_channels()
    {
        LayerQuantization With(params float[] scales) => Entry with { Name = "linear", Kind = LayerKind.Linear, Input = Input with { ChannelScale = scales } };

        Assert.NotNull(Export(Linear, With(1, 2, 3)));
        Refused("its channel scales (2) do not fit a Linear with 3 input channels", With(1, 2), Linear);
        Refused("its channel scales (3) do not fit a Linear with 3 input channels", With(1, 2, 0), Linear);
    }

    [Fact]
    public void Levels_follow_the_axis_and_the_number_of_bits()
    {
        float[] weight = [0.5f, 1f, -1f, 2f, 0.25f, -2f];

        Assert.Equal<sbyte>([64, 127, -127, 127, 16, -127], WeightLevels.Quantize(weight, [2, 3], new(0, [1, 2], [])));
        Assert.Equal<sbyte>([64, 64, -32, 127, 16, -64], WeightLevels.Quantize(weight, [2, 3], new(1, [1, 2, 4], [])));
        Assert.Equal<sbyte>([32, 64, -64, 127, 16, -127], WeightLevels.Quantize(weight, [2, 3], new(null, [2], [])));
        Assert.Equal<sbyte>([32, 63, -63, 63, 16, -64], WeightLevels.Quantize(weight, [2, 3], new(null, [1], []), 63));
        Assert.Equal<sbyte>([0, 0, 0, 127, 16, -127], WeightLevels.Quantize(weight, [2, 3, 1, 1], new(0, [Symmetric.ZeroAmax, 2], [])));
        Assert.Equal<sbyte>([32, 64, -64, 127, 16, -128], WeightLevels.Quantize(weight, [3, 1, 2], new(2, [2, 1.98f], [])));
    }

    [Fact]
    public void Levels_become_values_by_the_scale_of_their_channel()
    {
        Assert.Equal([0.5f, 1f, 30f, -40f], WeightLevels.Dequantize([1, 2, 3, -4], [2, 2], new(0, [], [0.5f, 10f])));
        Assert.Equal([0.5f, 20f, 1.5f, -40f], WeightLevels.Dequantize([1, 2, 3, -4], [2, 2], new(1, [], [0.5f, 10f])));
        Assert.Equal([0.5f, 1f, 1.5f, -2f], WeightLevels.Dequantize([1, 2, 3, -4], [2, 2], new(null, [], [0.5f])));
    }

    [Fact]
    public void Scales_are_rounded_to_fp16_and_their_ranges_follow()
    {
        var half = (float)(Half)0.01f;
        var exact = Entry with { Input = Input with { Scale = 0.5f, Amax = 60 }, Weight = new(null, [33], [0.25f]) };

        var rounded = Fp16Scales.Round(new QuantizerTable([Entry, exact, Entry with { Kind = LayerKind.Linear }, Entry with { Quantized = false, Input = null, Weight = null }])).Layers;

        Assert.Equal((half, 127 * half), (rounded[0].Input!.Scale, rounded[0].Input!.Amax));
        Assert.Equal([half, (float)(Half)0.02f], rounded[0].Weight!.Scale);
        Assert.Equal([127 * half, 127 * (float)(Half)0.02f], rounded[0].Weight!.Amax);
        Assert.Equal((0.5f, 60f), (rounded[1].Input!.Scale, rounded[1].Input!.Amax));
        Assert.Equal([33f], rounded[1].Weight!.Amax);
        Assert.Equal(Input, rounded[2].Input);
        Assert.True(rounded[3].Input is null && rounded[3].Weight is null);
    }

    [Theory]
    [InlineData(6.1e-5f, true)]
    [InlineData(6.1035156e-5f, false)]
    [InlineData(65504f, false)]
    [InlineData(65520f, true)]
    [InlineData(-1f, true)]
    [InlineData(0f, true)]
    public void A_scale_must_be_a_positive_normal_fp16_number(float scale, bool refused)
    {
        var table = new QuantizerTable([Entry with { Input = Input with { Scale = scale }, Weight = null }]);
        var text = scale.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(
            refused ? $"conv: the input scale {text} is not a positive normal FP16 number (6.104e-5 to 65504); add the layer to quantization.sensitive_layers or set onnx_config.body: fp32" : null,
            Record.Exception(() => Fp16Scales.Round(table)) is QuantException error ? Assert.Single(error.Diagnostics).Message : null);
    }

    [Fact]
    public void All_scales_outside_fp16_are_told_with_their_channel()
    {
        var error = Assert.Throws<QuantException>(() => Fp16Scales.Round(new QuantizerTable([Entry with { Weight = new(0, [1, 1], [1e-9f, 1e9f]) }, Entry with { Name = "next", Weight = new(null, [1], [1e-9f]) }])));

        Assert.Equal(["conv: the weight channel 0 scale 1E-09 ", "conv: the weight channel 1 scale 1E+09 ", "next: the weight scale 1E-09 "], error.Diagnostics.Select(item => item.Message[..item.Message.IndexOf("is not", StringComparison.Ordinal)]));
    }

    [Fact]
    public void Input_factors_are_written_and_read_to_the_bit()
    {
        var model = new ModelProto();
        model.MetadataProps.Add(new StringStringEntryProto { Key = "other", Value = "1" });
        Assert.Null(InputFactors.Of(model));
        InputFactors.Write(model, [0.1f, 1f / 3f, 1e-7f]);

        Assert.Equal(("quant.input_factors", "0.1,0.33333334,1E-07"), (model.MetadataProps[1].Key, model.MetadataProps[1].Value));
        Assert.Equal([0.1f, 1f / 3f, 1e-7f], InputFactors.Of(model));
        Assert.Null(InputFactors.Parse(null));
    }

    [Theory]
    [InlineData("1,0")]
    [InlineData("1,inf")]
    [InlineData("1;2")]
    public void Damaged_factors_are_shown(string value) =>
        Assert.Equal($"the metadata quant.input_factors is '{value}', not positive numbers; export the model again", Assert.Throws<QuantException>(() => InputFactors.Parse(value)).Diagnostics[0].Message);

    [Fact]
    public void Factors_multiply_every_row()
    {
        float[] features = [1, 2, 3, 4];

        Assert.Equal([10f, 40f, 30f, 80f], InputFactors.Apply(features, 2, [10, 20]));
        Assert.Same(features, InputFactors.Apply(features, 2, null));
        Assert.Equal(
            "the encoder's file has 2 input factors and the points 4 features; it belongs to another model section",
            Assert.Throws<QuantException>(() => InputFactors.Apply(features, 4, [1, 2])).Diagnostics[0].Message);
    }

    [Fact]
    public void Layers_that_run_as_integer_are_found_by_node_or_weight_under_an_optimizers_suffix()
    {
        var model = new ModelProto { Graph = new GraphProto() };
        void Add(string opType, string name, params string[] inputs)
        {
            var node = new NodeProto { OpType = opType, Name = name };
            node.Input.AddRange(inputs);
            model.Graph.Node.Add(node);
        }

        Add("QLinearConv", "a_quant", "x");
        Add("QLinearConv", "b_token_12_nchwc", "x");
        Add("MatMulIntegerToFloat", "fused", "x", "c.weight_quant", "c.bias");
        Add("Conv", "d", "x", "d.weight");
        Add("QLinearAdd", "e", "x");

        var count = IntegerLayerCount.Of(model, ["d", "c", "a", "e", "b", "f"]);

        Assert.Equal((6, 3), (count.Total, count.Integer));
        Assert.Equal(["c", "a", "b"], count.IntegerLayers);
        Assert.Equal(["d", "e", "f"], count.FloatLayers);
    }

    [Theory]
    [InlineData("QLinearConv", true)]
    [InlineData("QLinearMatMul", true)]
    [InlineData("QGemm", true)]
    [InlineData("ConvInteger", true)]
    [InlineData("MatMulInteger", true)]
    [InlineData("MatMulIntegerToFloat", true)]
    [InlineData("DynamicQuantizeMatMul", true)]
    [InlineData("Conv", false)]
    [InlineData("QLinearAdd", false)]
    public void An_integer_operator_is_one_that_multiplies(string opType, bool integer)
    {
        var model = new ModelProto { Graph = new GraphProto() };
        model.Graph.Node.Add(new NodeProto { OpType = opType, Name = "layer" });

        Assert.Equal(integer ? 1 : 0, IntegerLayerCount.Of(model, ["layer"]).Integer);
    }

    [Fact]
    public void A_linear_layers_ranges_per_input_channel_follow_its_transposed_weight()
    {
        var weight = new WeightQuantization(1, [1.27f, 2.54f, 5.08f], [0.01f, 0.02f, 0.04f]);
        var model = Export(Linear, Entry with { Name = "linear", Kind = LayerKind.Linear, Weight = weight }).Model;

        Assert.Equal(0, model.Graph.Node.Single(node => node.OpType == "DequantizeLinear" && node.Name.Contains("weight", StringComparison.Ordinal)).Attribute.Single(item => item.Name == "axis").I);
    }

    [Theory]
    [InlineData(LayerKind.ConvTranspose2d, 2, 2, 0, true)]
    [InlineData(LayerKind.ConvTranspose2d, 3, 2, 0, false)]
    [InlineData(LayerKind.ConvTranspose2d, 2, 2, 1, false)]
    [InlineData(LayerKind.Conv2d, 2, 2, 0, false)]
    public void A_transposed_convolution_without_overlap_is_recognized(LayerKind kind, int kernel, int stride, int padding, bool expected)
    {
        Assert.Equal(expected, SampleGraphs.Layer(new Random(1), "x", kind, 2, 2, kernel, stride, padding).IsKernelStrideDeconvolution);
        Assert.False(new LayerWeights("x", LayerKind.ConvTranspose2d, new float[6], [1, 1, 2, 3], null, Activation.None, 2).IsKernelStrideDeconvolution);
        Assert.False(new LayerWeights("x", LayerKind.ConvTranspose2d, new float[6], [1, 1, 3, 2], null, Activation.None, 2).IsKernelStrideDeconvolution);
    }

    [Fact]
    public void Scaled_columns_follow_the_input_channels()
    {
        var layer = new LayerWeights("x", LayerKind.Linear, [1, 2, 3, 4, 5, 6], [2, 3], null, Activation.None);

        Assert.Equal([10f, 40f, 90f, 40f, 100f, 180f], layer.WithScaledColumns([10, 20, 30]).Weight);
        Assert.Same(layer, layer.WithScaledColumns(null));
        Assert.Equal((3L, 2L), (layer.InputChannels, layer.OutputChannels));
        var deconv = new LayerWeights("x", LayerKind.ConvTranspose2d, new float[24], [4, 6, 1, 1], null, Activation.None, Groups: 2);
        Assert.Equal((4L, 12L), (deconv.InputChannels, deconv.OutputChannels));
        var conv = new LayerWeights("x", LayerKind.Conv2d, new float[24], [6, 4, 1, 1], null, Activation.None, Groups: 2);
        Assert.Equal((8L, 6L), (conv.InputChannels, conv.OutputChannels));
    }

    private static void Refused(string why, LayerQuantization entry, LayerWeights? layer = null)
    {
        layer ??= Conv;
        var error = Assert.Throws<QuantException>(() => Export(layer, entry));
        Assert.Equal(("QNT0406", $"{layer.Name}: {why}; the ranges belong to another model or plan, run the calibrate stage again"), (error.Code, error.Diagnostics[0].Message));
    }

    private static OnnxExport Export(LayerWeights layer, LayerQuantization entry) =>
        OnnxExporter.Export(SampleGraphs.Single(layer), new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, new QuantizerTable([entry]));
}
