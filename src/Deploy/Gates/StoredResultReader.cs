using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Quant.Core.Diagnostics;

namespace Deploy.Gates;

/// <summary>Reads stored results; a file that is not there is null, a file that cannot be trusted is an error.</summary>
public static class StoredResultReader
{
    private const int Version = 1;
    private const double Rounding = 1e-9;

    /// <summary>evaluation.json.</summary>
    public static StoredEvaluation? ReadEvaluation(string path, DiagnosticBag bag) => Read(path, GateJsonContext.Default.StoredEvaluation, Problems, bag);

    /// <summary>compare.json.</summary>
    public static StoredComparison? ReadComparison(string path, DiagnosticBag bag) => Read(path, GateJsonContext.Default.StoredComparison, Problems, bag);

    /// <summary>latency.json.</summary>
    public static StoredLatency? ReadLatency(string path, DiagnosticBag bag) => Read(path, GateJsonContext.Default.StoredLatency, Problems, bag);

    /// <summary>engine.json.</summary>
    public static StoredEngines? ReadEngines(string path, DiagnosticBag bag) => Read(path, GateJsonContext.Default.StoredEngines, Problems, bag);

    private static T? Read<T>(string path, JsonTypeInfo<T> type, Func<T, IEnumerable<string>> problems, DiagnosticBag bag)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var bytes = File.ReadAllBytes(path);
            if (!HasVersion(bytes, path, bag))
            {
                return null;
            }

            var result = JsonSerializer.Deserialize(bytes, type);
            var found = result is null ? ["the file holds null"] : problems(result).ToArray();
            foreach (var problem in found)
            {
                bag.Error(DiagnosticCodes.GateInputMalformed, $"{problem}; run the stage that writes this file again", new SourceLocation(path));
            }

            return found.Length == 0 ? result : null;
        }
        catch (JsonException exception)
        {
            var place = new SourceLocation(path, (int)(exception.LineNumber ?? -1) + 1, (int)(exception.BytePositionInLine ?? -1) + 1);
            bag.Error(DiagnosticCodes.GateInputMalformed, $"not a valid {Path.GetFileName(path)}: {exception.Message}", place);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            bag.Error(DiagnosticCodes.GateInputMalformed, $"cannot be read: {exception.Message}", new SourceLocation(path));
        }

        return null;
    }

    // Before the members: a later form may lack members that this one requires.
    private static bool HasVersion(byte[] bytes, string path, DiagnosticBag bag)
    {
        using var document = JsonDocument.Parse(bytes);
        if (document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("version", out var version)
            && (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != Version))
        {
            bag.Error(
                DiagnosticCodes.GateInputVersion,
                $"{Path.GetFileName(path)} has version {version.GetRawText()}, this program reads version {Version}; use the program that wrote it or run the stage again",
                new SourceLocation(path));
            return false;
        }

        return true;
    }

    private static IEnumerable<string> Problems(StoredEvaluation evaluation)
    {
        if (evaluation.Models is null)
        {
            yield return "'models' must not be null";
            yield break;
        }

        if (evaluation.Frames < 1)
        {
            yield return $"'frames' is {evaluation.Frames}";
        }

        foreach (var (name, model) in evaluation.Models)
        {
            if (model is null || model.Buckets.Any(bucket => bucket is null))
            {
                yield return $"model '{name}' or one of its buckets is null";
                continue;
            }

            var values = model.PerClass.Select(pair => ($"AP of {pair.Key}", pair.Value?.Ap))
                .Concat(model.Buckets.Select(bucket => ($"mAP of {bucket.Min}–{bucket.Max} m", bucket.Map)))
                .Append(("mAP", model.Map))
                .Append(("NDS", model.Nds));
            foreach (var (what, value) in values.Where(value => value.Item2 is { } number && !(number >= -Rounding && number <= 1 + Rounding)))
            {
                yield return $"{what} of '{name}' is {value}; accuracy is stored as a fraction between 0 and 1";
            }
        }

        foreach (var drop in evaluation.Drops.Where(drop => drop is null || drop.Buckets.Any(bucket => bucket is null || !IsOrdered(bucket.Map)) || drop.PerClass.Values.Any(interval => !IsOrdered(interval)) || !IsOrdered(drop.Map) || !IsOrdered(drop.MapRelative) || !IsOrdered(drop.Nds)))
        {
            yield return $"the drop from '{drop?.Reference}' to '{drop?.Candidate}' is null or has an interval whose ends are swapped";
        }
    }

    private static IEnumerable<string> Problems(StoredComparison comparison)
    {
        if (comparison.Outputs is null || comparison.Outputs.Count == 0 || comparison.Outputs.Any(output => output is null) || comparison.Frames < 1)
        {
            yield return "'outputs' and 'frames' must not be empty";
            yield break;
        }

        var pass = comparison.Outputs.All(output => output.Value <= output.Tolerance);
        if (pass != comparison.Pass)
        {
            yield return $"'pass' is {(comparison.Pass ? "true" : "false")}, but the outputs' values say otherwise";
        }
    }

    private static IEnumerable<string> Problems(StoredLatency latency)
    {
        if (latency.Models is null)
        {
            yield return "'models' must not be null";
            yield break;
        }

        if (latency.Baseline is null || latency.Candidate is null)
        {
            yield return "'baseline' and 'candidate' must name models";
        }

        foreach (var (name, times) in latency.Models.Where(pair => pair.Value is null || !(pair.Value.MedianMs > 0) || !IsOrdered(pair.Value.MedianInterval)))
        {
            yield return $"the latency of '{name}' is {times?.MedianMs} ms or its interval's ends are swapped";
        }

        if (!IsOrdered(latency.Speedup) || latency.Speedup?.Value <= 0)
        {
            yield return "'speedup' is not positive or its interval's ends are swapped";
        }
    }

    private static IEnumerable<string> Problems(StoredEngines engines)
    {
        if (engines.Engines is null)
        {
            yield return "'engines' must not be null";
            yield break;
        }

        foreach (var (name, engine) in engines.Engines.Where(pair => pair.Value is null || pair.Value.Bytes <= 0 || pair.Value.Int8TimeShare is < 0 or > 1))
        {
            yield return $"engine '{name}' has {engine?.Bytes} bytes and an INT8 share of {engine?.Int8TimeShare}";
        }
    }

    private static bool IsOrdered(StoredInterval? interval) => !(interval?.Low > interval?.High);
}
