using System.Collections.Immutable;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Models;

namespace Quant.Core.Tests.Export;

public sealed class RotYAxisReferenceTests
{
    private static readonly ExportGraph Graph = SampleGraphs.Dense();
    private static readonly HostTensor Canvas = SampleGraphs.Canvas(8, 16);

    [Fact]
    public void Dim_becomes_w_l_h_and_rot_becomes_minus_cos_minus_sin()
    {
        var before = ReferenceRunner.Outputs(Graph, Canvas);
        var after = ReferenceRunner.Outputs(RotYAxisReference.Fold(Graph), Canvas);
        var plane = before[0].Values.Length / 5;
        float[] Channel(HostTensor tensor, int index) => tensor.Values[(index * plane)..((index + 1) * plane)];
        float[] Negated(float[] values) => Array.ConvertAll(values, value => -value);
        foreach (var same in new[] { 0, 1, 2, 5 })
        {
            Assert.Equal(before[same].Values, after[same].Values);
        }

        Assert.Equal(Channel(before[3], 1), Channel(after[3], 0));
        Assert.Equal(Channel(before[3], 0), Channel(after[3], 1));
        Assert.Equal(Channel(before[3], 2), Channel(after[3], 2));
        Assert.Equal(Negated(Channel(before[4], 1)), Channel(after[4], 0));
        Assert.Equal(Negated(Channel(before[4], 0)), Channel(after[4], 1));
    }

    [Fact]
    public void Per_channel_ranges_move_with_their_rows()
    {
        var table = ReferenceRunner.Ranges(Graph, Canvas);
        var folded = RotYAxisReference.Fold(Graph);
        var expected = ReferenceRunner.Ranges(folded, Canvas);
        Assert.Equivalent(expected, RotYAxisReference.Fold(table, Graph));
        var model = OnnxExporter.Export(folded, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, RotYAxisReference.Fold(table, Graph)).Model;
        OnnxExporterTests.AssertNear(OrtRunner.Run(model, Canvas), ReferenceRunner.Outputs(folded, Canvas, expected));
    }

    [Fact]
    public void Every_task_of_a_multi_task_head_is_folded()
    {
        var renamed = Graph with { Outputs = [.. Graph.Outputs.Select(output => output with { Name = $"{output.Name}_0" })] };
        Assert.NotEqual(ReferenceRunner.Outputs(Graph, Canvas)[4].Values, ReferenceRunner.Outputs(RotYAxisReference.Fold(renamed), Canvas)[4].Values);
    }

    [Fact]
    public void A_head_that_cannot_be_folded_is_refused()
    {
        var withoutRot = Graph with { Outputs = [.. Graph.Outputs.Where(output => output.Name != "rot")] };
        OnnxExporterTests.AssertFails(DiagnosticCodes.RotYAxisImpossible, "'rot'", () => RotYAxisReference.Fold(withoutRot));
        var swapped = Graph with { Outputs = [.. Graph.Outputs.Select(output => output.Name == "dim" ? output with { Value = "pts_neck" } : output)] };
        OnnxExporterTests.AssertFails(DiagnosticCodes.RotYAxisImpossible, "'dim'", () => RotYAxisReference.Fold(swapped));
        var twice = Graph with { Outputs = [.. Graph.Outputs.Append(new GraphOutput(Graph.Outputs[4].Value, "rot_raw")).ToImmutableArray()] };
        OnnxExporterTests.AssertFails(DiagnosticCodes.RotYAxisImpossible, "'rot'", () => RotYAxisReference.Fold(twice));
    }
}
