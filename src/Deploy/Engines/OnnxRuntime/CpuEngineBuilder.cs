using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Engines.OnnxRuntime;

/// <summary>Writes a component in the form that ONNX Runtime runs as integer on this CPU, and reads back what it made of it.</summary>
public static class CpuEngineBuilder
{
    /// <summary>True when 8-bit products are summed without saturation: AVX512-VNNI or AVX-VNNI; other architectures do not have the problem.</summary>
    public static bool HasVnni { get; } = !X86Base.IsSupported || CpuIdHasVnni();

    /// <summary>Writes one component's file and counts the layers that ONNX Runtime runs as integer.</summary>
    /// <param name="layers">The quantized model's component.</param>
    /// <param name="table">Its ranges.</param>
    /// <param name="file">Where the portable CPU form goes.</param>
    /// <param name="options">Threads.</param>
    /// <param name="foldRotYAxis">True to write Autoware's output form.</param>
    /// <returns>Which layers run as integer.</returns>
    public static IntegerLayerCount Build(LayerGraph layers, QuantizerTable table, string file, OrtOptions options, bool foldRotYAxis)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(table);
        var graph = ExportGraph.From(layers);
        if (foldRotYAxis)
        {
            (table, graph) = (RotYAxisReference.Fold(table, graph), RotYAxisReference.Fold(graph));
        }

        var names = graph.Layers.Where(layer => layer.IsWeighted).Select(layer => layer.Name).ToList();
        var quantized = table.Layers.Any(layer => layer.Quantized && names.Contains(layer.Name));
        var model = quantized
            ? CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = layers.Name == "pts_backbone_neck_head", ReduceRange = !HasVnni })
            : OnnxExporter.Export(graph, new OnnxExportOptions()).Model;
        OnnxFile.Write(model, file);

        return IntegerLayerCount.Of(Optimized(file, options), names);
    }

    /// <summary>What ONNX Runtime makes of a file. Its order of nodes differs from process to process, so it is no result to keep.</summary>
    private static ModelProto Optimized(string file, OrtOptions options)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, $".tmp-{Path.GetRandomFileName()}.onnx");
        try
        {
            using (var session = OrtGraph.SessionOptionsFor(options with { Optimize = true }))
            {
                session.OptimizedModelFilePath = temporary;
                using var _ = new InferenceSession(file, session);
            }

            return OnnxFile.Read(temporary);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>CPUID leaf 7 (Intel SDM): sub-leaf 0 ECX bit 11 is AVX512_VNNI, sub-leaf 1 EAX bit 4 is AVX-VNNI.</summary>
    private static bool CpuIdHasVnni()
    {
        if (X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        var (subLeaves, _, features, _) = X86Base.CpuId(7, 0);
        return (features & (1 << 11)) != 0 || (subLeaves >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 4)) != 0);
    }
}
