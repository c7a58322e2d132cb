using System.Text.Json;
using System.Text.RegularExpressions;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt.Exports;

/// <summary>What <c>--exportLayerInfo</c> writes.</summary>
/// <param name="Layers">In the engine's order.</param>
/// <param name="Bindings">Names of the engine's inputs and outputs.</param>
public sealed partial record LayerInfo(IReadOnlyList<EngineLayer> Layers, IReadOnlyList<string> Bindings)
{
    /// <summary>True when types and formats are there (<c>--profilingVerbosity=detailed</c>).</summary>
    public bool IsDetailed => Layers.Any(layer => layer.Type.Length > 0);

    /// <summary>
    /// Reads a file: layers as names or objects, bindings as names or objects; <c>Bindings</c> and <c>Format/Datatype</c> up to 10.x, <c>I/O Tensors</c> with
    /// <c>Format</c> and <c>Datatype</c> apart from 11.0 on.
    /// </summary>
    /// <exception cref="QuantException">QNT0505: no such file.</exception>
    public static LayerInfo Read(string path)
    {
        using var document = LenientJson.ReadFile(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(nameof(Layers), out _))
        {
            throw new QuantException(DiagnosticCodes.TrtexecExportUnreadable, "the file has no 'Layers'; give the file of --exportLayerInfo", new SourceLocation(path));
        }

        return new LayerInfo(
            [.. document.RootElement.Items(nameof(Layers)).Select(Layer)],
            [.. document.RootElement.Items(nameof(Bindings), "I/O Tensors", "IOTensors").Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.Text("Name") ?? "").Where(name => name.Length > 0)]);
    }

    /// <summary>The type named in one of TensorRT's many wordings; empty when none is.</summary>
    public static string TypeOf(string format) => TypeName().Match(format) is not { Success: true } match
        ? ""
        : match.Value.ToUpperInvariant() switch
        {
            "HALF" or "FLOAT16" => "FP16",
            "FLOAT" or "FLOAT32" => "FP32",
            "BFLOAT16" => "BF16",
            var name => name,
        };

    private static EngineLayer Layer(JsonElement layer) => layer.ValueKind == JsonValueKind.Object
        ? new EngineLayer(
            layer.Text("Name") ?? "",
            layer.Text("LayerType", "Type") ?? "",
            [.. layer.Items("Inputs").Select(Tensor)],
            [.. layer.Items("Outputs").Select(Tensor)],
            layer.Text("Origin"),
            layer.Text("TacticName"),
            layer.TryGetProperty("Weights", out var weights) && weights.Text("Type") is { } type ? TypeOf(type) : null,
            [.. OnnxLayer().Matches(layer.Text("Metadata") ?? "").Select(match => match.Groups[1].Value)])
        : new EngineLayer(layer.ValueKind == JsonValueKind.String ? layer.GetString()! : layer.GetRawText(), "", [], [], null, null, null, []);

    private static EngineTensor Tensor(JsonElement tensor)
    {
        var (format, type) = (tensor.Text("Format/Datatype", "Format") ?? "", tensor.Text("Datatype", "DataType", "Type"));
        return new EngineTensor(tensor.Text("Name") ?? "", TypeOf(type ?? format), format);
    }

    [GeneratedRegex(@"\b(?:U?INT8|INT4|FP16|HALF|FLOAT16|BF16|BFLOAT16|FP32|FLOAT32|FLOAT|FP8|FP4|INT32|INT64|BOOL)\b", RegexOptions.IgnoreCase)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\[ONNX Layer: ([^\]]*)\]")]
    private static partial Regex OnnxLayer();
}
