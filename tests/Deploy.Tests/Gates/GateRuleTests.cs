using CsCheck;
using Deploy.Gates;
using Xunit;

namespace Deploy.Tests.Gates;

public sealed class GateRuleTests
{
    [Theory]
    [InlineData(0.002, -0.010, 0.015, GateVerdict.Pass)]
    [InlineData(0.002, -0.010, 0.030, GateVerdict.Pass)]
    [InlineData(0.002, -0.010, 0.031, GateVerdict.Inconclusive)]
    [InlineData(0.035, 0.020, 0.050, GateVerdict.Inconclusive)]
    [InlineData(0.050, 0.031, 0.070, GateVerdict.Fail)]
    [InlineData(0.031, 0.001, 0.029, GateVerdict.Inconclusive)]
    [InlineData(0.029, 0.031, 0.040, GateVerdict.Inconclusive)]
    public void An_upper_limit_of_003_is_judged_by_value_and_interval(double value, double low, double high, GateVerdict expected) =>
        Assert.Equal(expected, GateRule.AtMost(value, low, high, 0.03));

    [Theory]
    [InlineData(1.8, 1.6, 2.0, GateVerdict.Pass)]
    [InlineData(1.8, 1.4, 2.0, GateVerdict.Inconclusive)]
    [InlineData(1.4, 1.3, 1.49, GateVerdict.Fail)]
    [InlineData(1.4, 1.3, 1.6, GateVerdict.Inconclusive)]
    public void A_lower_limit_of_15_is_its_mirror(double value, double low, double high, GateVerdict expected) =>
        Assert.Equal(expected, GateRule.AtLeast(value, low, high, 1.5));

    [Fact]
    public void A_value_without_an_interval_is_judged_by_itself_and_rounding_does_not_break_a_limit()
    {
        Assert.True(0.76 - 0.75 > 0.01);
        Assert.Equal(GateVerdict.Pass, GateRule.AtMost(0.76 - 0.75, null, null, 0.01));
        Assert.Equal(GateVerdict.Fail, GateRule.AtMost(0.0101, null, null, 0.01));
        Assert.Equal(GateVerdict.Pass, GateRule.AtLeast(0.3 - 0.1, null, null, 0.2));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_was_not_measured_is_missing(double? value)
    {
        Assert.Equal(GateVerdict.Missing, GateRule.AtMost(value, null, null, 1));
        Assert.Equal(GateVerdict.Missing, GateRule.AtLeast(value, null, null, 1));
    }

    [Fact]
    public void A_model_that_equals_its_reference_passes_a_limit_of_0() =>
        Assert.Equal(GateVerdict.Pass, GateRule.AtMost(0, 0, 0, 0));

    [Fact]
    public void More_noise_never_turns_a_verdict_into_a_pass_or_a_fail() =>
        Gen.Select(Gen.Double[-1, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[-1, 1]).Sample((value, noise, more, limit) =>
        {
            var narrow = GateRule.AtMost(value, value - noise, value + noise, limit);
            var wide = GateRule.AtMost(value, value - noise - more, value + noise + more, limit);
            Assert.True(wide == narrow || wide == GateVerdict.Inconclusive);
        });
}
