using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Models;

namespace Quant.Core.Tests.Export;

public sealed class KernelStrideDeconvolutionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public void The_rewritten_layer_gives_the_same_values(int stride, int groups)
    {
        var graph = SampleGraphs.Single(SampleGraphs.Layer(new Random(stride), "deblock", LayerKind.ConvTranspose2d, 6, 12, stride, stride, 0, groups: groups));
        var input = SampleGraphs.Canvas(6, 5);
        var rewritten = KernelStrideDeconvolution.Rewrite(graph);
        Assert.DoesNotContain(rewritten.Layers, layer => layer.Kind == LayerKind.ConvTranspose2d);
        var expected = ReferenceRunner.Outputs(graph, input);
        OnnxExporterTests.AssertClose(ReferenceRunner.Outputs(rewritten, input), expected, 1e-6);
        OnnxExporterTests.AssertClose(OrtRunner.Run(OnnxExporter.Export(rewritten, new OnnxExportOptions()).Model, input), expected, 1e-5);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void The_quantized_layer_gives_the_same_values_with_one_range_or_one_per_output_channel(bool perChannel, int groups)
    {
        var graph = SampleGraphs.Single(SampleGraphs.Layer(new Random(7), "deblock", LayerKind.ConvTranspose2d, 6, 8, 2, 2, 0, groups: groups));
        var input = SampleGraphs.Canvas(6, 5);
        var table = ReferenceRunner.Ranges(graph, input, perChannel);
        var (rewritten, spread) = (KernelStrideDeconvolution.Rewrite(graph), KernelStrideDeconvolution.Rewrite(table, graph));
        Assert.Equal(perChannel ? 8 * 4 : 1, spread.Layers[0].Weight!.Scale.Count);
        Assert.Equal(perChannel ? 0 : null, spread.Layers[0].Weight!.Axis);
        Assert.Equal(LayerKind.Conv2d, spread.Layers[0].Kind);
        var expected = ReferenceRunner.Outputs(graph, input, table);
        OnnxExporterTests.AssertClose(ReferenceRunner.Outputs(rewritten, input, spread), expected, 1e-6);
        var model = OnnxExporter.Export(rewritten, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, spread).Model;
        OnnxExporterTests.AssertClose(OrtRunner.Run(model, input), expected, 1e-4);
    }

    [Fact]
    public void Overlapping_windows_stay_a_transposed_convolution()
    {
        var random = new Random(7);
        foreach (var layer in new[] { SampleGraphs.Layer(random, "a", LayerKind.ConvTranspose2d, 4, 4, 3, 2, 0), SampleGraphs.Layer(random, "b", LayerKind.ConvTranspose2d, 4, 4, 2, 2, 1) })
        {
            var graph = SampleGraphs.Single(layer);
            Assert.Same(layer, KernelStrideDeconvolution.Rewrite(graph).Layers.Single());
            var input = SampleGraphs.Canvas(4, 5);
            OnnxExporterTests.AssertClose(OrtRunner.Run(OnnxExporter.Export(graph, new OnnxExportOptions()).Model, input), ReferenceRunner.Outputs(graph, input), 1e-5);
        }
    }

    [Fact]
    public void Ranges_per_input_channel_are_refused()
    {
        var graph = SampleGraphs.Single(SampleGraphs.Layer(new Random(7), "deblock", LayerKind.ConvTranspose2d, 6, 8, 2, 2, 0));
        var table = ReferenceRunner.Ranges(graph, SampleGraphs.Canvas(6, 5), perChannelDeconv: true);
        var wrong = table with { Layers = [table.Layers[0] with { Weight = table.Layers[0].Weight! with { Axis = 0 } }] };
        OnnxExporterTests.AssertFails(DiagnosticCodes.ExportRangesMissing, "deblock", () => KernelStrideDeconvolution.Rewrite(wrong, graph));
    }
}
