using System.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Testing;

namespace Quant.Core.Tests.Export;

/// <summary>Our files under the ONNX project's own checker, where it is installed (Debian: python3-onnx, which knows opsets up to 17).</summary>
public sealed class OnnxCheckerTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public void The_onnx_projects_checker_accepts_every_form()
    {
        Assert.SkipUnless(File.Exists(Python) && Run("import onnx").Code == 0, "python3-onnx is not installed");
        var dense = SampleGraphs.Dense();
        var encoder = SampleGraphs.Encoder();
        var ranges = ReferenceRunner.Ranges(dense, SampleGraphs.Canvas(8, 16), perChannelDeconv: true);
        var points = ReferenceRunner.Ranges(encoder, SampleGraphs.Points(7, 5, 9));
        var int8 = new OnnxExportOptions { Precision = OnnxPrecision.Int8 };
        List<ModelProto> models =
        [
            OnnxExporter.Export(dense, new OnnxExportOptions()).Model,
            OnnxExporter.Export(encoder, new OnnxExportOptions()).Model,
            OnnxExporter.Export(dense, new OnnxExportOptions { Precision = OnnxPrecision.Fp16 }).Model,
            OnnxExporter.Export(encoder, new OnnxExportOptions { Precision = OnnxPrecision.Fp16, Opset = 13 }).Model,
            OnnxExporter.Export(dense, int8, ranges).Model,
            OnnxExporter.Export(encoder, int8, points).Model,
            OnnxExporter.Export(dense, int8 with { PrequantizedWeights = true, Interface = OnnxInterface.Awml(dense).Fixed(1, 8, 16, 16) }, ranges).Model,
            CpuFormExporter.Export(dense, ranges, new CpuFormOptions { NonNegativeInput = true }),
            CpuFormExporter.Export(encoder, points, new CpuFormOptions { NonNegativeInput = false }),
        ];
        using var folder = new TempFolder();
        for (var i = 0; i < models.Count; i++)
        {
            OnnxFile.Write(models[i], folder.File($"{i}.onnx"));
        }

        var result = Run($"import onnx; [onnx.checker.check_model(r'{folder.Path}/%d.onnx' % i, full_check=True) for i in range({models.Count})]");
        Assert.True(result.Code == 0, result.Errors);
    }

    private static (int Code, string Errors) Run(string script)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", script]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
