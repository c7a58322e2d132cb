using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace FakeTools.FakeTrtexec;

/// <summary>What trtexec would write with --exportOutput, computed by ONNX Runtime.</summary>
internal static class OnnxOutputs
{
    /// <param name="model">The ONNX file.</param>
    /// <param name="inputs">Value of --loadInputs.</param>
    /// <param name="shapes">Value of --shapes; empty when every size is fixed.</param>
    public static string Compute(string model, string inputs, string shapes)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        var given = Pairs(shapes).ToDictionary(pair => pair.Name, pair => pair.Value.Split('x').Select(long.Parse).ToArray(), StringComparer.Ordinal);
        var values = Pairs(inputs).ToDictionary(
            pair => pair.Name,
            pair => OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(pair.Value)).ToArray(), given.GetValueOrDefault(pair.Name) ?? [.. session.InputMetadata[pair.Name].Dimensions.Select(size => (long)size)]),
            StringComparer.Ordinal);
        using var outputs = session.Run(run, values, session.OutputNames);
        return JsonSerializer.Serialize(session.OutputNames.Zip(outputs).Select(output => new
        {
            name = output.First,
            dimensions = string.Join('x', output.Second.GetTensorTypeAndShape().Shape),
            values = output.Second.GetTensorDataAsSpan<float>().ToArray(),
        }));
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => (pair[..pair.IndexOf(':', StringComparison.Ordinal)].Trim('\''), pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..]));
}
