using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>Point files, good and bad.</summary>
public sealed class PointFileTests
{
    [Fact]
    public void Points_with_nan_or_infinity_are_dropped_and_counted_and_the_rest_keeps_its_order()
    {
        using var tables = new TinyTables().Write();
        tables.Points("d0", 1, 1, 1, 5, 0, float.NaN, 1, 1, 5, 0, 2, 2, 2, 5, 0, 3, float.PositiveInfinity, 3, 5, 0, 4, 4, 4, 5, 0);
        var frame = tables.Open().Load(0);
        Assert.Equal(2, frame.DroppedPoints);
        Assert.Equal([1, 1, 1, 0, 2, 2, 2, 0, 4, 4, 4, 0], frame.Points.Values);
    }

    [Fact]
    public void Nan_in_a_column_that_is_not_used_does_not_matter()
    {
        using var tables = new TinyTables().Write();
        tables.Points("d0", 1, 1, 1, float.NaN, float.NaN);
        Assert.Equal(0, tables.Open().Load(0).DroppedPoints);
        var source = tables.Open(options => options with { UseDim = ["x", "y", "z", "intensity"] });
        Assert.Equal(DiagnosticCodes.FrameUnusable, Assert.Throws<QuantException>(() => source.Load(0)).Code);
    }

    [Fact]
    public void Half_of_the_points_may_be_lost_and_one_more_may_not()
    {
        using var tables = new TinyTables().Write();
        tables.Points("d0", 1, 1, 1, 5, 0, float.NaN, 1, 1, 5, 0);
        Assert.Equal(1, tables.Open().Load(0).Points.Count);
        tables.Points("d0", 1, 1, 1, 5, 0, float.NaN, 1, 1, 5, 0, 1, float.NegativeInfinity, 1, 5, 0);
        var failure = Assert.Throws<QuantException>(() => tables.Open().Load(0));
        Assert.Equal(DiagnosticCodes.FrameUnusable, failure.Code);
        Assert.Contains("2 of 3", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("d0.pcd.bin", failure.Diagnostics[0].Location!.File, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_no_frame_but_may_be_a_sweep()
    {
        using var tables = new TinyTables().Write();
        tables.Bytes("d0", []);
        tables.Bytes("d1", []);
        var source = tables.Open(options => options with { SweepsNum = 1 });
        Assert.Equal(DiagnosticCodes.FrameUnusable, Assert.Throws<QuantException>(() => source.Load(0)).Code);
        Assert.Equal(2, source.Load(1).Points.Count);
    }

    [Theory]
    [InlineData(23, "no usual number of columns fits")]
    [InlineData(48, "it fits 3 columns")]
    [InlineData(96, "columns")]
    public void A_length_that_fits_no_rows_is_refused_with_advice(int bytes, string advice)
    {
        using var tables = new TinyTables().Write();
        tables.Bytes("d0", new byte[bytes]);
        var failure = Assert.Throws<QuantException>(() => tables.Open().Load(0));
        Assert.Equal(DiagnosticCodes.PointFileInvalid, failure.Code);
        Assert.Contains(advice, failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{bytes} bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_range_is_strict_on_both_sides()
    {
        using var tables = new TinyTables().Write();
        tables.Points("d0", 1, 0, 0, 5, 0, 1.5f, 0, 0, 5, 0, 2, 0, 0, 5, 0, 1.5f, 1, 0, 5, 0, 1.5f, 0, -1, 5, 0);
        DatasetOptions Ranged(DatasetOptions options) => options with { PointCloudRange = [1, -1, -1, 2, 1, 1] };
        Assert.Equal([1.5f, 0, 0, 0], tables.Open(Ranged).Load(0).Points.Values);
        var outside = tables.Open(options => options with { PointCloudRange = [50, 50, 0, 60, 60, 1] });
        Assert.Equal(DiagnosticCodes.FrameUnusable, Assert.Throws<QuantException>(() => outside.Load(0)).Code);
    }

    [Fact]
    public void Contradicting_options_are_reported_together()
    {
        var options = new DatasetOptions
        {
            Type = "t4",
            Root = "/no/such/folder",
            ClassNames = ["car"],
            NumFrames = 0,
            SweepsNum = -1,
            PointColumns = ["y", "x", "z"],
            UseDim = ["x", "y", "z", "colour"],
            PointCloudRange = [1, 2, 3],
        };
        var codes = Assert.Throws<QuantException>(() => FrameSources.Open(options)).Diagnostics.Select(item => item.Code).ToList();
        Assert.Equal(6, codes.Count);
        Assert.Equal(DiagnosticCodes.DatasetRootMissing, codes[0]);
        Assert.All(codes.Skip(1), code => Assert.Equal(DiagnosticCodes.DatasetOptionsInvalid, code));
    }
}
