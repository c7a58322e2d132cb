using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;

namespace Quant.Core.Tests.Calibration;

/// <summary>What the calibrator makes of what it saw, on observations written by hand.</summary>
public sealed class RangeChoiceTests
{
    private const string Name = "pts_backbone.blocks.0.0._input_quantizer";

    /// <summary>600 bins of width 0.5: a bell, a tail, and 2 000 zeros.</summary>
    private static readonly Histogram Seen = new([2000, .. Enumerable.Range(1, 599).Select(bin => (long)(500 * Math.Exp(-bin / 60.0)))], 0.5);

    [Theory]
    [InlineData("histogram", "mse", "histogram/mse")]
    [InlineData("histogram", "entropy", "histogram/entropy")]
    [InlineData("entropy", "mse", "histogram/entropy")]
    [InlineData("histogram", "percentile", "histogram/percentile")]
    public void The_method_decides_the_range(string method, string amaxMethod, string told)
    {
        var range = Choose(new CalibrationConfig { Method = method, AmaxMethod = amaxMethod, Percentile = 99 }, Observation(300, Seen)).Ranges.Single();

        var expected = told switch
        {
            "histogram/mse" => RangeSearch.MeanSquaredError(Seen),
            "histogram/entropy" => RangeSearch.Entropy(Seen),
            _ => RangeSearch.Percentile(Seen, 99),
        };
        Assert.Equal((expected, told, 300f, Seen.Total), (range.Amax, range.Method, range.Maximum, range.Count));
        Assert.Equal(2000.0 / Seen.Total, range.ZeroShare);
        Assert.Equal((double)Seen.Counts.Where((_, bin) => bin * 0.5 >= expected).Sum() / Seen.Total, range.ClippedShare!.Value, 1e-12);
        Assert.InRange(range.ClippedShare.Value, 0, 0.1);
        Assert.Equal(3, new[] { RangeSearch.MeanSquaredError(Seen), RangeSearch.Entropy(Seen), RangeSearch.Percentile(Seen, 99) }.Distinct().Count());
    }

    [Fact]
    public void Without_a_histogram_the_maximum_is_the_range()
    {
        var result = Choose(new CalibrationConfig { Method = "max" }, Observation(3, null));
        Assert.Equal(new TensorRange(Name, 3, "max", 3, null, null, 100), result.Ranges.Single());
        Assert.Empty(result.Histograms);
        Assert.Equal(Seen, Choose(new CalibrationConfig(), Observation(300, Seen)).Histograms[Name]);
    }

    [Fact]
    public void A_percentile_in_the_first_bin_falls_back_to_its_upper_edge_and_says_so()
    {
        var config = new CalibrationConfig { AmaxMethod = "percentile", Percentile = 5 };
        var result = Choose(config, Observation(300, Seen));

        Assert.Equal(0.5f, result.Ranges.Single().Amax);
        Assert.Equal(
            $"QNT0315 {2000.0 / Seen.Total:P2} of the values of {Name} lie in the first bin, so percentile 5 would give a range of 0; 0.5 is used instead (mse suits sparse tensors better)",
            Told(result));
    }

    [Fact]
    public void Bins_that_were_merged_are_told()
    {
        Assert.Equal("", Told(Choose(new CalibrationConfig(), Observation(300, Seen))));
        Assert.Equal(
            $"QNT0314 the histogram of {Name} outgrew {RangeObserver.MaximumBins} bins because its first batch had a tiny range; neighbouring bins were merged 3 times (binning: two_pass avoids this)",
            Told(Choose(new CalibrationConfig(), Observation(300, Seen) with { Rebinned = 3 })));
    }

    [Theory]
    [InlineData(7, "QNT0311 only 7 calibration frames: ranges may not hold for other scenes; use 8 or more, 100 is common")]
    [InlineData(8, "")]
    public void Fewer_than_8_frames_are_few(int frames, string told) => Assert.Equal(told, Told(Choose(new CalibrationConfig { Method = "max" }, Observation(3, null), frames)));

    [Fact]
    public void No_frames_are_told_with_the_keys_to_set()
    {
        var error = Assert.Throws<QuantException>(() => Choose(new CalibrationConfig(), Observation(0, null), 0));
        Assert.Equal("there are no calibration frames; set dataset.calibration.root and num_frames", error.Diagnostics.Single().Message);
    }

    [Fact]
    public void A_range_at_the_edge_of_zero_is_none()
    {
        var error = Assert.Throws<QuantException>(() => Choose(new CalibrationConfig(), Observation(Symmetric.ZeroAmax, Seen)));
        Assert.Equal(
            $"{Name} saw nothing but zeros in all {Seen.Total} values; check the calibration frames against model.point_cloud_range, or keep the layer in FP16 with sensitive_layers",
            error.Diagnostics.Single().Message);
        Assert.Equal(MathF.BitIncrement(Symmetric.ZeroAmax), Choose(new CalibrationConfig { Method = "max" }, Observation(MathF.BitIncrement(Symmetric.ZeroAmax), null)).Ranges.Single().Amax);
    }

    private static string Told(CalibrationResult result) => string.Join("\n", result.Warnings.Select(warning => $"{warning.Code} {warning.Message}"));

    private static TensorObservation Observation(float maximum, Histogram? histogram) => new(Name, maximum, histogram?.Total ?? 100, histogram, 0);

    private static CalibrationResult Choose(CalibrationConfig config, TensorObservation observation, int frames = 8)
    {
        using var model = EqualizerTests.Fused(RandomModel.TwoTasks);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_backbone.blocks.0.0"] });
        return Calibrator.Choose(plan, config, new CalibrationObservations(frames, [observation]));
    }
}
