using Deploy.Engines.TensorRt;
using Quant.Core.Diagnostics;

namespace Deploy.Tests.Engines.TensorRt;

public sealed class PrecisionFlagsTests
{
    [Theory]
    // version, policy, Q/DQ, FP16 body → flags
    [InlineData("8.5", "auto", false, false, "")]
    [InlineData("8.5", "auto", true, false, "--int8")]
    [InlineData("8.6", "auto", true, true, "--int8 --fp16")]
    [InlineData("10.3", "auto", true, true, "--stronglyTyped")]
    [InlineData("10.3", "fp16", false, false, "--fp16")]
    [InlineData("10.3", "fp32_tf32", false, false, "")]
    [InlineData("8.5", "int8", true, false, "--int8 --fp16")]
    [InlineData("10.16", "int8", true, false, "--int8 --fp16")]
    [InlineData("10.16", "int8", false, false, "--fp16")]
    [InlineData("9.1", "strongly_typed", true, true, "--stronglyTyped")]
    [InlineData("10.3", "strongly_typed", false, false, "--stronglyTyped")]
    [InlineData("11.0", "auto", true, false, "")]
    [InlineData("11.0", "strongly_typed", true, true, "")]
    [InlineData("11.2", "int8", true, true, "")]
    [InlineData("11.2", "fp16", false, true, "")]
    [InlineData("11.2", "fp32_tf32", false, false, "")]
    public void A_policy_becomes_the_flags_of_the_version(string version, string policy, bool quantized, bool half, string flags) =>
        Assert.Equal(flags, string.Join(' ', Resolve(version, policy, quantized, half).Flags));

    [Theory]
    [InlineData("8.6", "strongly_typed", true, false, "precision_policy: int8")]
    [InlineData("9.0", "strongly_typed", false, true, "precision_policy: fp16")]
    [InlineData("10.3", "fp16", true, false, "precision_policy: int8")]
    [InlineData("10.3", "fp32_tf32", true, false, "precision_policy: int8")]
    [InlineData("10.3", "fp32_tf32", false, true, "precision_policy: strongly_typed")]
    [InlineData("8.5", "fp32_tf32", false, true, "precision_policy: fp16")]
    [InlineData("11.0", "int8", true, false, "onnx_config.body: fp16")]
    [InlineData("11.0", "fp16", false, false, "onnx_config.body: fp16")]
    [InlineData("11.0", "fp16", true, true, "precision_policy: strongly_typed")]
    [InlineData("11.0", "fp32_tf32", true, true, "precision_policy: strongly_typed")]
    public void What_a_version_cannot_do_is_refused_with_what_it_can(string version, string policy, bool quantized, bool half, string alternative)
    {
        var error = Assert.Throws<QuantException>(() => Resolve(version, policy, quantized, half));

        Assert.Equal("QNT0501", error.Code);
        Assert.Contains(alternative, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_policy_is_refused_with_the_known_ones() =>
        Assert.Contains("strongly_typed", Assert.Throws<QuantException>(() => PrecisionFlags.Parse("fp8")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_float_body_beside_INT8_is_told() => Assert.Contains("FP32", Resolve("11.0", "auto", quantized: true, half: false).Note, StringComparison.Ordinal);

    private static PrecisionFlags Resolve(string version, string policy, bool quantized, bool half) => PrecisionFlags.Resolve(
        PrecisionFlags.Parse(policy), Graphs.Facts(quantized, half), TrtexecCapabilities.For(new TensorRtVersion(int.Parse(version.Split('.')[0]), int.Parse(version.Split('.')[1]), 0)));
}
