using System.Text.Json;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt.Exports;

/// <summary>What <c>--exportTimes</c> writes: milliseconds of each query, warm-up left out.</summary>
/// <param name="ComputeMs">GPU time.</param>
/// <param name="LatencyMs">Host to host: H2D + GPU + D2H.</param>
public sealed record QueryTimes(IReadOnlyList<double> ComputeMs, IReadOnlyList<double> LatencyMs)
{
    /// <summary>No queries.</summary>
    public static QueryTimes None { get; } = new([], []);

    /// <summary>Reads a file.</summary>
    /// <exception cref="QuantException">QNT0505: no such file, or a time is missing, negative or no number.</exception>
    public static QueryTimes Read(string path)
    {
        using var document = LenientJson.ReadFile(path);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new QuantException(DiagnosticCodes.TrtexecExportUnreadable, "the file is no list of queries; give the file of --exportTimes", new SourceLocation(path));
        }

        var items = document.RootElement.EnumerateArray().ToList();
        return new QueryTimes([.. items.Select(item => Time(item, "computeMs", path))], [.. items.Select(item => Time(item, "latencyMs", path))]);
    }

    /// <summary>These queries and others.</summary>
    public QueryTimes With(QueryTimes other) => new([.. ComputeMs, .. other.ComputeMs], [.. LatencyMs, .. other.LatencyMs]);

    private static double Time(JsonElement item, string name, string path) => item.Number(name) is >= 0 and < double.PositiveInfinity and var value
        ? value
        : throw new QuantException(DiagnosticCodes.TrtexecExportUnreadable, $"a query has no usable '{name}'; run trtexec again", new SourceLocation(path));
}
