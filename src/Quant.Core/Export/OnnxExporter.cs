using Quant.Core.Diagnostics;
using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>
/// Writes a component as ONNX. Node names are layer names, constants are <c>&lt;layer&gt;.weight</c> and <c>&lt;layer&gt;.bias</c>, Q/DQ
/// nodes <c>&lt;quantizer&gt;/QuantizeLinear</c> and <c>&lt;quantizer&gt;/DequantizeLinear</c>. An INT8 graph quantizes input and weight of each
/// quantized layer, one Q/DQ pair for each tensor and quantizer, biases and outputs never (TensorRT's explicit quantization).
/// </summary>
public static class OnnxExporter
{
    /// <summary>Writes one graph.</summary>
    /// <param name="graph">A component without norms.</param>
    /// <param name="options">Precision, opset, form.</param>
    /// <param name="table">The ranges of an INT8 graph (it may hold more layers than the graph); null otherwise.</param>
    /// <exception cref="QuantException">
    /// QNT0405: a graph that does not fit together; QNT0406: ranges missing or not asked for; QNT0407: opset; QNT0408, QNT0409: numbers outside FP16.
    /// </exception>
    public static OnnxExport Export(ExportGraph graph, OnnxExportOptions options, QuantizerTable? table = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        if ((table is null) == (options.Precision == OnnxPrecision.Int8))
        {
            throw new QuantException(
                DiagnosticCodes.ExportRangesMissing,
                table is null
                    ? $"{graph.Name}: an int8 export needs the ranges of quantization.json; run the calibrate stage first"
                    : $"{graph.Name}: fp32 and fp16 models come from the fused checkpoint, without ranges; leave the ranges out or export with --precision int8");
        }

        var opset = Opset(options);
        var half = options.Precision == OnnxPrecision.Fp16 || (options.Precision == OnnxPrecision.Int8 && options.Body == OnnxBody.Fp16);
        if (table is not null && half)
        {
            table = Fp16Scales.Round(table);
        }

        return new OnnxExport(new OnnxGraphWriter(graph, options, table, half, opset).Write(), table);
    }

    private static int Opset(OnnxExportOptions options)
    {
        var typedScales = options is { Precision: OnnxPrecision.Int8, Body: OnnxBody.Fp16 };
        var lowest = typedScales ? 19 : OnnxExportOptions.MinOpset;
        var opset = options.Opset ?? (typedScales ? 19 : 17);
        if (opset < lowest || opset > OnnxExportOptions.MaxOpset)
        {
            throw new QuantException(
                DiagnosticCodes.ExportOpsetUnsupported,
                typedScales && opset < lowest
                    ? $"onnx_config.opset_version {opset} has no FP16-typed scales, which onnx_config.body: fp16 writes; set opset_version: auto (19) or body: fp32"
                    : $"onnx_config.opset_version {opset} is outside {lowest} to {OnnxExportOptions.MaxOpset}; set it to auto");
        }

        return opset;
    }
}
