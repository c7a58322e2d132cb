using Quant.Core.Diagnostics;

namespace Deploy.Gates;

/// <summary>Stored measurements; what is null was not measured.</summary>
public sealed record GateInputs
{
    /// <summary>evaluation.json.</summary>
    public StoredEvaluation? Evaluation { get; init; }

    /// <summary>compare.json.</summary>
    public StoredComparison? Comparison { get; init; }

    /// <summary>engine/compare.json: outputs of the engines themselves.</summary>
    public StoredComparison? EngineComparison { get; init; }

    /// <summary>latency.json.</summary>
    public StoredLatency? Latency { get; init; }

    /// <summary>engine.json.</summary>
    public StoredEngines? Engines { get; init; }

    /// <summary>evaluation.json of an earlier release.</summary>
    public StoredEvaluation? Baseline { get; init; }

    /// <summary>Paired drop from the earlier release's candidate to this one's, when both stored their detections.</summary>
    public StoredDrop? BaselineDrop { get; init; }

    /// <summary>The model that accuracy is measured against; null takes <c>fp32</c>, or <c>fp16</c> when only that was evaluated.</summary>
    public string? Reference { get; init; }

    /// <summary>The released model. <c>int8_cpu</c> has other levels and never stands in for <c>int8</c>.</summary>
    public string Candidate { get; init; } = "int8";

    /// <summary>Its TensorRT engine's name in results.</summary>
    public string Engine => $"{Candidate}_trt";

    /// <summary>Reads what is stored in a work directory, and an earlier one's evaluation.</summary>
    /// <exception cref="QuantException">QNT0704 or QNT0705 with every unusable file.</exception>
    public static GateInputs Load(string workDirectory, string? baselineDirectory = null)
    {
        var bag = new DiagnosticBag();
        var inputs = new GateInputs
        {
            Evaluation = StoredResultReader.ReadEvaluation(Path.Combine(workDirectory, "evaluation.json"), bag),
            Comparison = StoredResultReader.ReadComparison(Path.Combine(workDirectory, "compare.json"), bag),
            EngineComparison = StoredResultReader.ReadComparison(Path.Combine(workDirectory, "engine", "compare.json"), bag),
            Latency = StoredResultReader.ReadLatency(Path.Combine(workDirectory, "latency.json"), bag),
            Engines = StoredResultReader.ReadEngines(Path.Combine(workDirectory, "engine.json"), bag),
            Baseline = baselineDirectory is null ? null : StoredResultReader.ReadEvaluation(Path.Combine(baselineDirectory, "evaluation.json"), bag),
        };
        if (baselineDirectory is not null && inputs.Baseline is null && !bag.HasErrors)
        {
            bag.Error(DiagnosticCodes.GateInputMalformed, "the earlier release has no evaluation.json", new SourceLocation(baselineDirectory));
        }

        bag.ThrowIfErrors();
        return inputs;
    }
}
