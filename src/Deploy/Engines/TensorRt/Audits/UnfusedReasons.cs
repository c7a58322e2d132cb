using Deploy.Engines.TensorRt.Exports;

namespace Deploy.Engines.TensorRt.Audits;

/// <summary>Why a Q or DQ stayed a layer: what stands before and behind it decides. TensorRT does not say; these are its documented rules.</summary>
internal static class UnfusedReasons
{
    public static string Of(EngineLayer layer, EngineGraph graph)
    {
        if (layer.Inputs is not [var input, ..] || layer.Outputs is not [var output, ..])
        {
            return "the layer information does not tell what it reads and writes; build with --profilingVerbosity=detailed";
        }

        return output.Type == "INT8" ? Quantize(layer, input, output, graph) : Dequantize(input, output, graph);
    }

    private static string Quantize(EngineLayer layer, EngineTensor input, EngineTensor output, EngineGraph graph)
    {
        if (graph.ComesFromInput(input.Name))
        {
            return "it quantizes the network's input: nothing before it could take it in, so this is expected";
        }

        var producer = graph.Producer(input.Name)!;
        var readers = graph.Readers(input.Name).Where(reader => reader != layer).ToList();
        if (layer.Name.Contains("_clone_", StringComparison.Ordinal))
        {
            return $"TensorRT copied it onto the branches of {Quote(producer)}, and the branches were not merged; give all readers one scale (bit-equal)";
        }

        if (IsDeconvolution(producer))
        {
            return $"the deconvolution {Quote(producer)} did not take it in; use quantization.deconv_weight: per_tensor, or keep what follows in FP16";
        }

        if (producer.Name.Contains("Concat", StringComparison.OrdinalIgnoreCase) || producer.Type.Contains("Concat", StringComparison.OrdinalIgnoreCase))
        {
            return $"it follows the concatenation {Quote(producer)}, whose inputs have unequal scales or other types; one shared quantizer lets it move before the Concat";
        }

        if (!producer.Inputs.Any(tensor => tensor.Type == "INT8"))
        {
            return $"{Quote(producer)} computes in {Type(producer.Inputs)}, so its output is quantized apart; quantize its inputs, or keep {Names(graph.Readers(output.Name))} in FP16 too";
        }

        if (producer.Inputs.FirstOrDefault(tensor => tensor.Type is not ("INT8" or "")) is { } other)
        {
            return $"{Quote(producer)} also reads {other.Type} (a residual), and that operand decides the type of an Add's output; quantize the identity branch";
        }

        return readers.Count > 0
            ? $"{Quote(producer)} computes in INT8, but {Names(readers)} reads the same tensor in {input.Type}; quantize that branch with the same quantizer"
            : $"{Quote(producer)} computes in INT8 but has no INT8 output: an operation it cannot fuse stands between, or its kernel has none for this shape";
    }

    private static string Dequantize(EngineTensor input, EngineTensor output, EngineGraph graph)
    {
        var readers = graph.Readers(output.Name);
        if (graph.GoesToOutput(output.Name) && readers.Count == 0)
        {
            return "it feeds an output of the network; leave that output unquantized (last_layer_output: fp16)";
        }

        var producer = graph.Producer(input.Name);
        return readers.Count == 0
            ? "nothing reads its output in the layer information"
            : $"{Names(readers)} takes no INT8{(producer is null ? "" : $" from {Quote(producer)}")}; quantize all of its inputs, or leave this tensor unquantized";
    }

    private static bool IsDeconvolution(EngineLayer layer) =>
        layer.Type.Contains("Deconv", StringComparison.OrdinalIgnoreCase) || layer.Name.Contains("ConvTranspose", StringComparison.OrdinalIgnoreCase) || layer.Name.Contains("deblock", StringComparison.OrdinalIgnoreCase);

    private static string Type(IReadOnlyList<EngineTensor> tensors) => tensors.FirstOrDefault(tensor => tensor.Type.Length > 0)?.Type ?? "floating point";

    private static string Names(IReadOnlyList<EngineLayer> layers) => layers.Count switch
    {
        0 => "what follows",
        1 => Quote(layers[0]),
        _ => $"{Quote(layers[0])} and {layers.Count - 1} more",
    };

    private static string Quote(EngineLayer layer) => $"'{(layer.Name.Length > 80 ? $"{layer.Name[..80]}…" : layer.Name)}'";
}
