using Deploy.Engines.TensorRt;
using Quant.Core.Diagnostics;

namespace Deploy.Tests.Engines.TensorRt;

public sealed class TensorRtVersionTests
{
    [Theory]
    [InlineData("[TensorRT v8601]", "8.6.1")]
    [InlineData("[TensorRT v8510]", "8.5.10")]
    [InlineData("[TensorRT v9300]", "9.3.0")]
    [InlineData("[TensorRT v100300] [b23]", "10.3.0")]
    [InlineData("[TensorRT v101601] [b11]", "10.16.1")]
    [InlineData("[I] TensorRT version: 11.2.0", "11.2.0")]
    [InlineData("TensorRT version: 10.16.1", "10.16.1")]
    [InlineData("&&&& RUNNING TensorRT.trtexec # trtexec", null)]
    [InlineData("[TensorRT v99999999999]", null)]
    public void The_version_is_read_from_banner_or_line(string text, string? version) => Assert.Equal(version, TensorRtVersion.Find(text)?.ToString());

    [Theory]
    [InlineData(8, 5, Typing.Weak, 17, false, 0)]
    [InlineData(8, 6, Typing.Weak, 17, false, 0)]
    [InlineData(9, 0, Typing.Weak, 19, false, 0)]
    [InlineData(9, 3, Typing.Both, 19, false, 0)]
    [InlineData(10, 1, Typing.Both, 20, false, 0)]
    [InlineData(10, 2, Typing.Both, 20, false, 1)]
    [InlineData(10, 16, Typing.Both, 24, false, 1)]
    [InlineData(11, 0, Typing.Strong, 24, true, 1)]
    [InlineData(11, 4, Typing.Strong, 24, true, 1)]
    public void Each_version_has_its_row(int major, int minor, Typing typing, int opset, bool fast, int axis)
    {
        var capabilities = TrtexecCapabilities.For(new TensorRtVersion(major, minor, 0));

        Assert.Equal((typing, opset, fast, axis), (capabilities.Typing, capabilities.MaxOpset, capabilities.FastDefaults, capabilities.DeconvolutionAxis));
    }

    [Theory]
    [InlineData(8, 4, "too old")]
    [InlineData(7, 2, "too old")]
    [InlineData(12, 0, "newer")]
    public void A_version_outside_the_table_is_refused(int major, int minor, string told)
    {
        var error = Assert.Throws<QuantException>(() => TrtexecCapabilities.For(new TensorRtVersion(major, minor, 0)));

        Assert.Equal("QNT0503", error.Code);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Families_follow_each_other_without_gap() =>
        Assert.All(TrtexecCapabilities.All.Zip(TrtexecCapabilities.All.Skip(1)), pair => Assert.Equal(pair.First.Until, pair.Second.From));

    [Theory]
    [InlineData("--buildOnly", "8.5 8.6 9.3", "10.0 11.0")]
    [InlineData("--skipInference", "8.6 10.0 11.1", "8.5")]
    [InlineData("--workspace", "8.5 9.3", "10.0")]
    [InlineData("--stronglyTyped", "9.1 10.16 11.1", "8.6 9.0")]
    [InlineData("--int8", "8.5 10.16", "11.0")]
    [InlineData("--builderOptimizationLevel", "8.6 11.0", "8.5")]
    [InlineData("--noCudaGraph", "11.0", "10.16")]
    [InlineData("--nonsense", "", "8.5 11.0")]
    public void Options_live_from_version_to_version(string option, string known, string unknown)
    {
        bool Has(string version) => TrtexecCapabilities.For(new TensorRtVersion(int.Parse(version.Split('.')[0]), int.Parse(version.Split('.')[1]), 0)).Has(option);

        Assert.All(known.Split(' ', StringSplitOptions.RemoveEmptyEntries), version => Assert.True(Has(version), version));
        Assert.All(unknown.Split(' ', StringSplitOptions.RemoveEmptyEntries), version => Assert.False(Has(version), version));
    }
}
