using Quant.Core.Models;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

/// <summary>One entry of an edited table against its layer: what is taken as it is, and the words for what is not.</summary>
public sealed class LayerCheckTests
{
    private static readonly LayerPlan Conv = new("conv", LayerKind.Conv2d, true, null, "first._input_quantizer", 0);
    private static readonly LayerPlan Linear = Conv with { Kind = LayerKind.Linear };
    private static readonly LayerPlan Kept = new("conv", LayerKind.Conv2d, false, "sensitive_layers: conv", null, null);

    private static readonly LayerQuantization Entry = new("conv", LayerKind.Conv2d, true, null, new InputQuantization("any", 12.7f, 9, "max"), new WeightQuantization(0, [1.27f, 2.54f], [9, 9]));

    [Fact]
    public void Scales_and_the_quantizers_name_are_not_taken_from_the_table()
    {
        var (fitted, _) = Fit(Entry);

        Assert.Equal(new InputQuantization("first._input_quantizer", 12.7f, 12.7f / 127f, "max"), fitted!.Input);
        Assert.Equal(0, fitted.Weight!.Axis);
        Assert.Equal([1.27f / 127f, 2.54f / 127f], fitted.Weight.Scale);
        Assert.Equal(("conv", LayerKind.Conv2d, true, null), (fitted.Name, fitted.Kind, fitted.Quantized, fitted.Reason));
    }

    [Fact]
    public void A_range_without_a_method_counts_as_edited() => Assert.Equal("edited", Fit(Entry with { Input = Entry.Input! with { Method = null! } }).Fitted!.Input!.Method);

    [Fact]
    public void One_range_for_the_whole_weight_is_accepted()
    {
        var (fitted, _) = Fit(Entry with { Weight = new WeightQuantization(null, [2.54f], []) });

        Assert.Null(fitted!.Weight!.Axis);
        Assert.Equal([2.54f / 127f], fitted.Weight.Scale);
        Assert.Equal("it has 2 weight amax, and its weight [2, 3, 1, 1] takes 1", Problem(Entry with { Weight = Entry.Weight! with { Axis = null } }));
    }

    [Fact]
    public void A_dead_channel_may_have_range_0() => Assert.Equal([0.02f, 1f], Fit(Entry with { Weight = new WeightQuantization(0, [2.54f, 0], []) }).Fitted!.Weight!.Scale);

    [Fact]
    public void A_layer_that_is_switched_off_says_why()
    {
        Assert.Equal(LayerCheck.SwitchedOff, Fit(Entry with { Quantized = false }).Fitted!.Reason);
        Assert.Equal("too slow", Fit(Entry with { Quantized = false, Reason = "too slow" }).Fitted!.Reason);
        Assert.Equal("sensitive_layers: conv", Fit(Entry with { Quantized = false }, Kept).Fitted!.Reason);
        Assert.Equal("switched off in quantization.table", LayerCheck.SwitchedOff);
    }

    [Fact]
    public void What_the_config_keeps_in_float_the_table_cannot_quantize() =>
        Assert.Equal("it is quantized in the table, and the config keeps it in float (sensitive_layers: conv); write \"quantized\": false or change the config", Problem(Entry, Kept));

    [Theory]
    [InlineData(5.9604645e-8f, "its input amax is 5.9604645E-08; it must be a number above 0")]
    [InlineData(float.PositiveInfinity, "its input amax is Infinity; it must be a number above 0")]
    public void An_input_range_that_is_none_is_refused(float amax, string problem) => Assert.Equal(problem, Problem(Entry with { Input = Entry.Input! with { Amax = amax } }));

    [Fact]
    public void Wrong_weight_ranges_are_counted()
    {
        Assert.Equal("weight amax 1 is NaN; they must be numbers from 0", Problem(Entry with { Weight = new WeightQuantization(0, [1, float.NaN], []) }));
        Assert.Equal("weight amax 0 is -1 and 1 more are wrong; they must be numbers from 0", Problem(Entry with { Weight = new WeightQuantization(0, [-1, float.PositiveInfinity], []) }));
        Assert.Equal("its weight axis is 1; it must be 0, or null for one range", Problem(Entry with { Weight = Entry.Weight! with { Axis = 1 } }));
        Assert.Equal("it is quantized without weight ranges; write \"weight\" or \"quantized\": false", Problem(Entry with { Weight = new WeightQuantization(0, [], []) }));
        Assert.Equal("it is quantized without weight ranges; write \"weight\" or \"quantized\": false", Problem(Entry with { Weight = new WeightQuantization(0, null!, []) }));
    }

    [Fact]
    public void Input_and_weight_are_told_at_once()
    {
        var (fitted, problems) = Fit(Entry with { Input = null, Weight = null });

        Assert.Null(fitted);
        Assert.Equal(["it is quantized without an input range; write \"input\" or \"quantized\": false", "it is quantized without weight ranges; write \"weight\" or \"quantized\": false"], problems);
    }

    [Fact]
    public void A_linear_layer_takes_one_factor_above_0_for_each_input_channel()
    {
        LayerQuantization With(params float[] scales) => Entry with { Kind = LayerKind.Linear, Input = Entry.Input! with { ChannelScale = scales } };
        const string Wrong = " values; it takes 3 numbers above 0";

        Assert.Equal([1f, 2f, 0.5f], Fit(With(1, 2, 0.5f), Linear).Fitted!.Input!.ChannelScale);
        Assert.Equal("its channel_scale has 2" + Wrong, Problem(With(1, 2), Linear));
        Assert.Equal("its channel_scale has 3" + Wrong, Problem(With(1, 2, 0), Linear));
        Assert.Equal("its channel_scale has 3" + Wrong, Problem(With(1, float.PositiveInfinity, 2), Linear));
        Assert.Equal("its channel_scale has 3" + Wrong, Problem(With(float.NaN, 1, 2), Linear));
        Assert.Equal("its channel_scale has 3 values; it takes none, since only Linear layers are scaled", Problem(Entry with { Input = Entry.Input! with { ChannelScale = [1, 2, 3] } }));
    }

    [Fact]
    public void A_sum_has_an_input_range_and_no_weight()
    {
        using var sum = Layer.Sum("sum", [0, 1]);
        var plan = Conv with { Name = "sum", Kind = LayerKind.Add };
        var problems = new List<string>();
        LayerQuantization? Sum(WeightQuantization? weight, float amax = 1.27f) =>
            LayerCheck.Fit(new("sum", LayerKind.Add, true, null, new("any", amax, 0, "max"), weight), sum, plan, problems.Add);

        Assert.Equal((null, 0.01f), (Sum(null)!.Weight, Sum(null)!.Input!.Scale));
        Assert.Empty(problems);
        Sum(Entry.Weight);
        Assert.Equal(["it has weight ranges, and Add has no weight to quantize"], problems);
        Assert.Null(Sum(null, amax: -1));
    }

    private static string Problem(LayerQuantization entry, LayerPlan? plan = null)
    {
        var (fitted, problems) = Fit(entry, plan);
        Assert.Null(fitted);
        return Assert.Single(problems);
    }

    private static (LayerQuantization? Fitted, List<string> Problems) Fit(LayerQuantization entry, LayerPlan? plan = null)
    {
        plan ??= Conv;
        var problems = new List<string>();
        using var layer = new Layer("conv", plan.Kind, plan.Kind == LayerKind.Linear ? ones(2, 3) : ones(2, 3, 1, 1), null, null, Activation.None);
        return (LayerCheck.Fit(entry, layer, plan, problems.Add), problems);
    }
}
