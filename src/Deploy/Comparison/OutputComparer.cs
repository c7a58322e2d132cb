using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Comparison;

/// <summary>
/// Compares two models' head outputs frame by frame. In the activated space heatmaps are compared everywhere after the sigmoid, and the
/// other outputs at the cells where either model's heatmap of the same task is above the score threshold (<c>vel</c> relative to
/// max(1 m/s, |v of the reference|)); when a task has no such cell in any frame, at the reference's 100 best cells of every frame. An
/// output without a heatmap of its task is compared everywhere. In the raw space everything is compared as it is.
/// </summary>
public sealed class OutputComparer
{
    private readonly ComparisonOptions options;
    private readonly List<OutputState> outputs = [];
    private readonly HashSet<string> tasksWithCells = new(StringComparer.Ordinal);
    private int frames;

    /// <summary>Starts a comparison.</summary>
    /// <exception cref="QuantException">QNT0604 with every unusable option.</exception>
    public OutputComparer(ComparisonOptions options)
    {
        var bag = new DiagnosticBag();
        options.Check(bag);
        bag.ThrowIfErrors();
        this.options = options;
    }

    /// <summary>Adds one frame.</summary>
    /// <param name="token">Identifier of the frame in the result.</param>
    /// <param name="reference">Raw outputs [1, C, H, W] by name.</param>
    /// <param name="candidate">Raw outputs of the same names and shapes.</param>
    /// <exception cref="QuantException">QNT0601: an output is missing. QNT0602: shapes differ. QNT0603: NaN or infinity. QNT0604: a tolerance names no output.</exception>
    public void Add(string token, IReadOnlyDictionary<string, HostTensor> reference, IReadOnlyDictionary<string, HostTensor> candidate)
    {
        if (frames == 0)
        {
            Start(reference);
        }

        FrameChecks.Check(token, outputs, (options.Reference, reference), (options.Candidate, candidate));
        frames++;
        var cells = options.Space == "activated" ? FindCells(reference, candidate) : [];
        foreach (var output in outputs)
        {
            HostTensor a = reference[output.Name], b = candidate[output.Name];
            output.Raw.Add(a.Values, b.Values);
            if (options.Space == "raw")
            {
                AddEverywhere(output, token, a.Values, b.Values);
            }
            else if (output.Parsed.Branch == OutputName.Heatmap)
            {
                AddEverywhere(output, token, Array.ConvertAll(a.Values, Sigmoid), Array.ConvertAll(b.Values, Sigmoid));
            }
            else if (cells.TryGetValue(output.Parsed.Task, out var scored))
            {
                AddCells(output, output.Scored, token, a.Values, b.Values, scored.Passing);
                AddCells(output, output.Fallback, token, a.Values, b.Values, scored.Top);
            }
            else
            {
                AddEverywhere(output, token, a.Values, b.Values);
            }

            output.Scored.EndFrame(token);
            output.Fallback.EndFrame(token);
        }
    }

    /// <summary>The result over all frames so far.</summary>
    /// <exception cref="QuantException">QNT0604: no frame was added.</exception>
    public ComparisonReport Finish()
    {
        if (frames == 0)
        {
            throw new QuantException(DiagnosticCodes.ComparisonInvalid, "no frame was compared; verification.num_verify_samples must be at least 1 and the data set must have frames");
        }

        var results = outputs.ConvertAll(Result);
        return new ComparisonReport
        {
            Reference = options.Reference,
            Candidate = options.Candidate,
            Tolerance = options.Tolerance,
            Space = options.Space,
            Statistic = options.Statistic,
            Pass = results.TrueForAll(result => result.Pass),
            Provider = options.Provider,
            Frames = frames,
            Fallback = outputs.Exists(UsesFallback),
            Outputs = results,
            WorstOutput = results.Where(result => result.Value is not null).MaxBy(result => result.Tolerance > 0 ? result.Value / result.Tolerance : result.Value)?.Name,
        };
    }

    private void Start(IReadOnlyDictionary<string, HostTensor> reference)
    {
        var bag = new DiagnosticBag();
        outputs.AddRange(reference.Select(pair => new OutputState(pair.Key, pair.Value.Shape, options.Statistic)));
        foreach (var name in options.Tolerances.Keys.Where(name => !outputs.Exists(output => output.Name == name || output.Parsed.Branch == name)))
        {
            bag.Error(DiagnosticCodes.ComparisonInvalid, $"verification.tolerances names '{name}', but the outputs are {string.Join(", ", reference.Keys)}");
        }

        bag.ThrowIfErrors();
    }

    private Dictionary<string, ScoredCells> FindCells(IReadOnlyDictionary<string, HostTensor> reference, IReadOnlyDictionary<string, HostTensor> candidate)
    {
        var cells = new Dictionary<string, ScoredCells>(StringComparer.Ordinal);
        foreach (var output in outputs.Where(output => output.Parsed.Branch == OutputName.Heatmap))
        {
            var found = ScoredCells.Find(reference[output.Name], candidate[output.Name], output.Cells, options.ScoreThreshold);
            cells[output.Parsed.Task] = found;
            if (found.Passing.Length > 0)
            {
                tasksWithCells.Add(output.Parsed.Task);
            }

            foreach (var other in outputs.Where(other => other.Parsed.Task == output.Parsed.Task && other.Cells != output.Cells))
            {
                throw new QuantException(
                    DiagnosticCodes.ComparisonShapeMismatch,
                    $"output '{other.Name}' has {other.Cells} cells and '{output.Name}' {output.Cells}; maps of one task need one size, or compare with verification.space: raw");
            }
        }

        return cells;
    }

    private static void AddEverywhere(OutputState output, string token, float[] a, float[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            output.Scored.Add(Math.Abs(a[i] - b[i]), token, i / output.Cells, i % output.Cells, output.Width, a[i], b[i]);
        }
    }

    private static void AddCells(OutputState output, DifferenceAccumulator target, string token, float[] a, float[] b, int[] cells)
    {
        foreach (var cell in cells)
        {
            var scale = 1.0;
            if (output.Parsed.Branch == "vel")
            {
                var squares = 0.0;
                for (var i = cell; i < a.Length; i += output.Cells)
                {
                    squares += (double)a[i] * a[i];
                }

                scale = Math.Max(1, Math.Sqrt(squares));
            }

            for (int i = cell, channel = 0; i < a.Length; i += output.Cells, channel++)
            {
                target.Add((float)(Math.Abs((double)a[i] - b[i]) / scale), token, channel, cell, output.Width, a[i], b[i]);
            }
        }
    }

    private bool UsesFallback(OutputState output) =>
        options.Space == "activated"
        && output.Parsed.Branch != OutputName.Heatmap
        && outputs.Exists(other => other.Parsed == new OutputName(OutputName.Heatmap, output.Parsed.Task))
        && !tasksWithCells.Contains(output.Parsed.Task);

    private OutputComparison Result(OutputState output)
    {
        var scored = UsesFallback(output) ? output.Fallback : output.Scored;
        var tolerance = options.ToleranceOf(output.Name);
        return new OutputComparison
        {
            Name = output.Name,
            Value = scored.Value,
            Tolerance = tolerance,
            MaxAbs = scored.Max,
            MeanAbs = scored.Mean,
            P99 = scored.P99,
            P999 = scored.P999,
            Cosine = output.Raw.Cosine,
            SqnrDb = output.Raw.SqnrDb,
            RawMaxAbs = output.Raw.MaxAbs,
            Scored = scored.Count,
            Pass = scored.Value <= tolerance,
            Worst = scored.Worst,
            PerFrame = scored.Frames,
        };
    }

    private static float Sigmoid(float logit) => (float)(1 / (1 + Math.Exp(-(double)logit)));
}
