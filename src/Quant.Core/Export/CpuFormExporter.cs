using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>
/// Writes the form of an INT8 graph that ONNX Runtime runs as integer on x86: uint8 activations (zero point 0 after ReLU, so that
/// the ReLU disappears in the clipping), Q/DQ after every convolution and ReLU, one scale for all inputs of a join, kernel = stride
/// deconvolutions as 1×1 convolution and DepthToSpace on uint8, INT32 biases. Its levels differ from those of the signed graph: it is a
/// model of its own (<c>int8_cpu</c>). Layers whose output has no range (the last of each head branch) multiply in float,
/// with the values of their INT8 weights.
/// </summary>
public static class CpuFormExporter
{
    /// <summary>Writes the form.</summary>
    /// <param name="graph">A component without norms.</param>
    /// <param name="table">The ranges of the signed graph.</param>
    /// <param name="options">Sign of the input, weight bits, names.</param>
    /// <exception cref="QuantException">QNT0405: a graph that does not fit together; QNT0406: ranges that do not fit; QNT0407: opset.</exception>
    public static ModelProto Export(ExportGraph graph, QuantizerTable table, CpuFormOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Opset is < OnnxExportOptions.MinOpset or > OnnxExportOptions.MaxOpset)
        {
            throw new QuantException(
                DiagnosticCodes.ExportOpsetUnsupported,
                $"opset {options.Opset} is outside {OnnxExportOptions.MinOpset} to {OnnxExportOptions.MaxOpset}; set onnx_config.opset_version to auto");
        }

        var contract = options.Interface ?? OnnxInterface.Awml(graph);
        return new CpuFormWriter(KernelStrideDeconvolution.Rewrite(graph), KernelStrideDeconvolution.Rewrite(table, graph), options, contract).Write();
    }
}
