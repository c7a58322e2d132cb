namespace Deploy.Evaluation;

/// <summary>
/// One class of one model, matched: flat arrays over its detections in the order of the precision curve (descending by score, then by
/// index). Matching in a frame does not depend on other frames, so any weighting of frames reads the same table.
/// </summary>
internal sealed class ClassMatches
{
    /// <summary>Values per match row: translation, scale, orientation, velocity and attribute error.</summary>
    public const int ErrorCount = 5;

    /// <summary>Frame of each detection.</summary>
    public required int[] Frames { get; init; }

    /// <summary>Score of each detection.</summary>
    public required float[] Scores { get; init; }

    /// <summary>Bit t is set when the detection matches at distance t.</summary>
    public required byte[] Hits { get; init; }

    /// <summary>Row of each detection in the match values; −1 when it matches at no distance.</summary>
    public required int[] Rows { get; init; }

    /// <summary>[row · ErrorCount + metric]: errors of the match at the true-positive distance, NaN where there is none.</summary>
    public required double[] Errors { get; init; }

    /// <summary>[row · distances + t]: 1 − heading error / π of the match at distance t.</summary>
    public required double[] Headings { get; init; }

    /// <summary>Evaluated objects of the class in each frame.</summary>
    public required int[] TruthPerFrame { get; init; }

    /// <summary>Objects in all frames, each frame counted as often as its weight says (null: once).</summary>
    public int CountTruth(byte[]? weights)
    {
        var count = 0;
        for (var i = 0; i < TruthPerFrame.Length; i++)
        {
            count += TruthPerFrame[i] * (weights is null ? 1 : weights[i]);
        }

        return count;
    }
}
