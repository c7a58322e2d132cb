using Deploy.Gates;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Gates;

public sealed class StoredResultReaderTests : IDisposable
{
    private readonly StoredResults stored = new();

    public void Dispose() => stored.Dispose();

    [Theory]
    [InlineData("evaluation.json", "", "QNT0704", "not a valid evaluation.json")]
    [InlineData("evaluation.json", "[]", "QNT0704", "not a valid evaluation.json")]
    [InlineData("evaluation.json", "null", "QNT0704", "null")]
    [InlineData("evaluation.json", "{\"metric\":\"nuscenes\",\"frames\":1,\"models\":{}}", "QNT0704", "version")]
    [InlineData("evaluation.json", "{\"version\":2}", "QNT0705", "version 2")]
    [InlineData("evaluation.json", "{\"version\":\"1\"}", "QNT0705", "version \"1\"")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"nuscenes\",\"frames\":1}", "QNT0704", "models")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"nuscenes\",\"frames\":1,\"models\":null}", "QNT0704", "must not be null")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"nuscenes\",\"frames\":0,\"models\":{}}", "QNT0704", "'frames' is 0")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"nuscenes\",\"frames\":1,\"models\":{\"int8\":null}}", "QNT0704", "'int8' or one of its buckets is null")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"t4_v2\",\"frames\":1,\"models\":{\"int8\":{\"mAP\":0.5,\"buckets\":[null]}}}", "QNT0704", "one of its buckets is null")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"t4_v2\",\"frames\":1,\"models\":{},\"drops\":[null]}", "QNT0704", "the drop")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"nuscenes\",\"frames\":1,\"models\":{\"int8\":{\"mAP\":75.8}}}", "QNT0704", "fraction")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"nuscenes\",\"frames\":1,\"models\":{\"int8\":{\"mAP\":NaN}}}", "QNT0704", "(1,")]
    [InlineData("evaluation.json", "{\"version\":1,\"metric\":\"nuscenes\",\"frames\":1,\n\"models\":{\"int8\":{\"mAP\":\"0.7\"}}}", "QNT0704", "(2,")]
    [InlineData("compare.json", "{\"version\":1,\"pass\":true,\"frames\":8,\"outputs\":[]}", "QNT0704", "must not be empty")]
    [InlineData("compare.json", "{\"version\":1,\"pass\":true,\"frames\":8,\"outputs\":[{\"name\":\"reg\",\"value\":0.2,\"tolerance\":0.1}]}", "QNT0704", "'pass' is true")]
    [InlineData("compare.json", "{\"version\":1,\"pass\":true,\"frames\":8,\"outputs\":[{\"name\":\"reg\",\"value\":null,\"tolerance\":0.1}]}", "QNT0704", "'pass' is true")]
    [InlineData("latency.json", "{\"version\":1,\"baseline\":\"fp16\",\"candidate\":\"int8\",\"models\":{\"int8\":{\"median_ms\":0}}}", "QNT0704", "'int8' is 0 ms")]
    [InlineData("latency.json", "{\"version\":1,\"baseline\":\"fp16\",\"candidate\":\"int8\",\"models\":{},\"speedup\":{\"value\":2,\"low\":3,\"high\":1}}", "QNT0704", "swapped")]
    [InlineData("engine.json", "{\"version\":1,\"engines\":{\"int8\":{\"bytes\":1,\"int8_time_share\":80}}}", "QNT0704", "share of 80")]
    [InlineData("engine.json", "{\"version\":1}", "QNT0704", "engines")]
    public void A_file_that_cannot_be_trusted_is_named_with_its_defect(string name, string text, string code, string expected)
    {
        stored.Write(name, text);
        var error = Assert.Throws<QuantException>(() => GateInputs.Load(stored.Folder));
        Assert.Equal(code, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_broken_files_are_reported_at_once()
    {
        stored.Write("evaluation.json", "{").Write("compare.json", "{").Write("latency.json", "{}");
        Assert.Equal(3, Assert.Throws<QuantException>(() => GateInputs.Load(stored.Folder)).Diagnostics.Count);
    }

    [Fact]
    public void A_perfect_AP_a_rounding_above_1_is_accepted()
    {
        stored.Write("evaluation.json", "{\"version\":1,\"metric\":\"nuscenes\",\"frames\":1,\"models\":{\"int8\":{\"mAP\":1.0000000000000004}}}");
        Assert.NotNull(GateInputs.Load(stored.Folder).Evaluation);
    }
}
