using Deploy.Gates;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Gates;

/// <summary>Which limits can be meant.</summary>
public sealed class GateLimitTests
{
    public static TheoryData<string, Func<double, GateOptions>> Accuracies => new()
    {
        { "map_drop_max", limit => new() { MapDropMax = limit } },
        { "map_drop_max_relative", limit => new() { MapDropMaxRelative = limit } },
        { "nds_drop_max", limit => new() { NdsDropMax = limit } },
        { "bucket_drop_max", limit => new() { BucketDropMax = limit } },
        { "ap_drop_max.bus", limit => new() { ApDropMax = new Dictionary<string, double> { ["bus"] = limit } } },
    };

    public static TheoryData<string, Func<double, GateOptions>> Positives => new()
    {
        { "latency_ms_max", limit => new() { LatencyMsMax = limit } },
        { "speedup_min", limit => new() { SpeedupMin = limit } },
        { "model_size_ratio_max", limit => new() { ModelSizeRatioMax = limit } },
    };

    [Theory]
    [MemberData(nameof(Accuracies))]
    public void A_limit_of_accuracy_is_a_fraction_between_minus_1_and_1(string name, Func<double, GateOptions> options)
    {
        Assert.All([-0.999, 0, 0.999], limit => Assert.Null(Problem(options(limit))));
        Assert.All([-1, 1, double.NaN], limit => Assert.Equal(FormattableString.Invariant($"gates.{name} is {limit}; accuracy is a fraction, 0.01 is one point"), Problem(options(limit))));
    }

    [Theory]
    [MemberData(nameof(Positives))]
    public void A_limit_of_time_or_size_is_a_positive_number(string name, Func<double, GateOptions> options)
    {
        Assert.All([1e-9, 1e9], limit => Assert.Null(Problem(options(limit))));
        Assert.All([0, -1, double.NaN, double.PositiveInfinity], limit => Assert.Equal(FormattableString.Invariant($"gates.{name} is {limit}; it must be a positive number"), Problem(options(limit))));
    }

    [Fact]
    public void A_limit_of_a_share_is_between_0_and_1()
    {
        Assert.All([0, 0.5, 1], limit => Assert.Null(Problem(new() { Int8TimeShareMin = limit })));
        Assert.All([-0.01, 1.01, double.NaN], limit => Assert.Equal(FormattableString.Invariant($"gates.int8_time_share_min is {limit}; it is a share between 0 and 1"), Problem(new() { Int8TimeShareMin = limit })));
    }

    private static string? Problem(GateOptions options)
    {
        var bag = new DiagnosticBag();
        options.Check(bag);
        Assert.All(bag.Items, item => Assert.Equal(DiagnosticCodes.GateOptionsInvalid, item.Code));
        return bag.Items.SingleOrDefault()?.Message;
    }
}
