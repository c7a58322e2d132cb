using Quant.Core.Diagnostics;

namespace Deploy.Gates;

/// <summary>Thresholds and stored measurements to verdicts.</summary>
public static class GateEvaluator
{
    /// <summary>Judges every threshold that is set; with an earlier release's results also the accuracy against it.</summary>
    /// <exception cref="QuantException">QNT0706: a threshold cannot be meant. QNT0704: stored drops contradict the stored models.</exception>
    public static GateReport Check(GateOptions options, GateInputs inputs)
    {
        var bag = new DiagnosticBag();
        options.Check(bag);
        bag.ThrowIfErrors();
        var checks = AccuracyChecks.Release(options, inputs).ToList();
        if (inputs.Evaluation?.Models.ContainsKey(inputs.Engine) == true)
        {
            checks.AddRange(AccuracyChecks.Engine(options, inputs));
        }

        if (options.Comparison)
        {
            checks.Add(ComparisonCheck("comparison", "compare.json", "the compare stage", inputs.Comparison, inputs.Candidate));
            if (inputs.EngineComparison is not null || inputs.Engines?.Backend == "tensorrt")
            {
                checks.Add(ComparisonCheck("engine.comparison", "engine/compare.json", "the engine stage, and bundle frames", inputs.EngineComparison, inputs.Engine));
            }
        }

        checks.AddRange(PerformanceChecks.All(options, inputs));
        if (inputs.Baseline is not null)
        {
            checks.AddRange(AccuracyChecks.Baseline(options, inputs));
        }

        return new GateReport { Checks = checks };
    }

    private static GateCheck ComparisonCheck(string name, string file, string source, StoredComparison? stored, string expected)
    {
        if (stored is not { } comparison)
        {
            return GateText.Missing(name, 1, $"{file} was not found; run {source}");
        }

        if (comparison.Candidate is { } candidate && candidate != expected)
        {
            return GateText.Missing(name, 1, $"{file} compares '{candidate}', which does not stand in for '{expected}'");
        }

        var unscored = comparison.Outputs.Where(output => output.Value is null).Select(output => output.Name).ToArray();
        if (unscored.Length > 0)
        {
            return GateText.Missing(name, 1, $"{file} has no value for {string.Join(", ", unscored)}");
        }

        var worst = comparison.Outputs.MaxBy(output => Ratio(output))!;
        return new GateCheck
        {
            Name = name,
            Value = double.IsFinite(Ratio(worst)) ? Ratio(worst) : worst.Value,
            Limit = 1,
            Verdict = comparison.Pass ? GateVerdict.Pass : GateVerdict.Fail,
            Detail = FormattableString.Invariant(
                $"{comparison.Outputs.Count(output => output.Value <= output.Tolerance)} of {comparison.Outputs.Count} outputs within tolerance over {comparison.Frames} frames; {worst.Name} is nearest or farthest over with {worst.Value:G4} of {worst.Tolerance:G4}"),
        };
    }

    private static double Ratio(StoredOutput output) =>
        output.Tolerance > 0 ? output.Value!.Value / output.Tolerance : output.Value > 0 ? double.PositiveInfinity : 0;
}
