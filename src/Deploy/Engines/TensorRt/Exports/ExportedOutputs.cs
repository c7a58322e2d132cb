using System.Text.Json;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Engines.TensorRt.Exports;

/// <summary>What <c>--exportOutput</c> writes: the outputs of the last query.</summary>
public static class ExportedOutputs
{
    /// <summary>Reads a file: output name → values, row-major.</summary>
    /// <exception cref="QuantException">QNT0505: no such file, or values and dimensions disagree.</exception>
    public static IReadOnlyDictionary<string, HostTensor> Read(string path)
    {
        using var document = LenientJson.ReadFile(path);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(path, "the file is no list of outputs; give the file of --exportOutput");
        }

        var outputs = new Dictionary<string, HostTensor>(StringComparer.Ordinal);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var name = item.Text("name") ?? throw Wrong(path, "an output has no name");
            var shape = Shape(item, name, path);
            var values = item.Items("values").Select(value => (float?)value.Number() ?? throw Wrong(path, $"output '{name}' holds something that is no number")).ToArray();
            if (values.LongLength != shape.Aggregate(1L, (product, size) => product * size))
            {
                throw Wrong(path, $"output '{name}' has {values.Length} values, but its dimensions are {string.Join('x', shape)}");
            }

            outputs[name] = new HostTensor(values, shape);
        }

        return outputs;
    }

    private static long[] Shape(JsonElement item, string name, string path)
    {
        var text = item.Text("dimensions") ?? throw Wrong(path, $"output '{name}' has no dimensions");
        var sizes = text.Split('x', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. sizes.Select(size => long.TryParse(size, out var value) && value >= 0 ? value : throw Wrong(path, $"output '{name}' has the dimensions '{text}'"))];
    }

    private static QuantException Wrong(string path, string message) => new(DiagnosticCodes.TrtexecExportUnreadable, message, new SourceLocation(path));
}
