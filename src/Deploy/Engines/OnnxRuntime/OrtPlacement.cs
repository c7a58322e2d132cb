using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Deploy.Engines.OnnxRuntime;

/// <summary>Which provider of ONNX Runtime runs the nodes of a graph. Nodes that a GPU provider lacks fall back to the CPU in silence, so they are counted.</summary>
/// <param name="Nodes">Nodes of the optimized graph by provider; empty when only the CPU was asked for.</param>
public sealed record OrtPlacement(IReadOnlyDictionary<string, int> Nodes)
{
    /// <summary>The GPU provider, as far as is known before a run.</summary>
    public const string Cuda = "CUDAExecutionProvider";

    private const string CpuProvider = "CPUExecutionProvider";

    /// <summary>A session without any other provider.</summary>
    public static OrtPlacement Cpu { get; } = new(new Dictionary<string, int>());

    /// <summary>Makes a session record where its nodes run, until <see cref="Of"/>.</summary>
    public static void Record(SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ProfileOutputPathPrefix = Path.Combine(Path.GetTempPath(), $"deploy-{Path.GetRandomFileName()}");
        options.EnableProfiling = true;
    }

    /// <summary>Ends the recording of a session that has run once.</summary>
    public static OrtPlacement Of(InferenceSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var file = session.EndProfiling();
        try
        {
            using var stream = File.OpenRead(file);
            return Read(stream);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Counts the nodes of a profile that ONNX Runtime wrote.</summary>
    public static OrtPlacement Read(Stream profile)
    {
        using var document = JsonDocument.Parse(profile);
        return new OrtPlacement(document.RootElement.EnumerateArray()
            .Where(item => item.TryGetProperty("cat", out var category) && category.GetString() == "Node")
            .Select(item => item.GetProperty("args"))
            .Where(item => item.TryGetProperty("provider", out var provider) && provider.GetString() is { Length: > 0 })
            .Select(item => (Provider: item.GetProperty("provider").GetString()!, Node: item.GetProperty("node_index").ToString()))
            .Distinct()
            .CountBy(item => item.Provider)
            .ToDictionary(StringComparer.Ordinal));
    }

    /// <summary>Both graphs together.</summary>
    public OrtPlacement With(OrtPlacement other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new OrtPlacement(Nodes.Concat(other.Nodes).GroupBy(item => item.Key).ToDictionary(group => group.Key, group => group.Sum(item => item.Value), StringComparer.Ordinal));
    }

    /// <summary>Such as <c>CUDAExecutionProvider</c> or <c>CUDAExecutionProvider (2 of 61 nodes on CPUExecutionProvider)</c>.</summary>
    public override string ToString()
    {
        var others = Nodes.Where(item => item.Key != CpuProvider).Select(item => item.Key).Order(StringComparer.Ordinal).ToList();
        var onCpu = Nodes.GetValueOrDefault(CpuProvider);
        return others.Count == 0 ? CpuProvider : $"{string.Join(", ", others)}{(onCpu > 0 ? $" ({onCpu} of {Nodes.Values.Sum()} nodes on {CpuProvider})" : "")}";
    }
}
