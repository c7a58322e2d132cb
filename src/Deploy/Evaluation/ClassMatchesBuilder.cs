using Deploy.Datasets;

namespace Deploy.Evaluation;

/// <summary>Collects one class frame by frame and brings it into curve order.</summary>
internal sealed class ClassMatchesBuilder(int frameCount)
{
    private readonly List<int> frames = [];
    private readonly List<float> scores = [];
    private readonly List<byte> hits = [];
    private readonly List<int> rows = [];
    private readonly List<double> errors = [];
    private readonly List<double> headings = [];
    private readonly int[] truthPerFrame = new int[frameCount];

    public void AddTruth(int frame, int count) => truthPerFrame[frame] = count;

    /// <summary>Adds detections in the model's order and returns the index of the first.</summary>
    public int AddDetections(int frame, FrameResult result, List<int> detections)
    {
        var first = scores.Count;
        foreach (var index in detections)
        {
            frames.Add(frame);
            scores.Add(result.Detections[index].Score + 0f); // −0 and 0 are one score
            hits.Add(0);
            rows.Add(-1);
        }

        return first;
    }

    /// <summary>Records that a detection matches at a threshold.</summary>
    public void AddMatch(int entry, int threshold, FrameResult frame, int detection, GroundTruth truth, double distance, double headingPeriod)
    {
        hits[entry] |= (byte)(1 << threshold);
        if (rows[entry] < 0)
        {
            rows[entry] = errors.Count / ClassMatches.ErrorCount;
            errors.AddRange(Enumerable.Repeat(double.NaN, ClassMatches.ErrorCount));
            headings.AddRange(Enumerable.Repeat(double.NaN, MatchRules.Distances.Count));
        }

        var found = frame.Detections[detection].Box;
        headings[(rows[entry] * MatchRules.Distances.Count) + threshold] = BoxErrors.HeadingSimilarity(truth.Box, found);
        if (threshold == MatchRules.ErrorDistance)
        {
            var at = rows[entry] * ClassMatches.ErrorCount;
            errors[at] = distance;
            errors[at + 1] = BoxErrors.Scale(truth.Box, found);
            errors[at + 2] = BoxErrors.Orientation(truth.Box, found, headingPeriod);
            errors[at + 3] = BoxErrors.Velocity(truth.Box, found);
            errors[at + 4] = BoxErrors.Attribute(truth.Attributes, frame.DetectionAttributes?[detection]);
        }
    }

    public ClassMatches Build()
    {
        // One ascending sort of (descending score, descending index) as 64-bit keys.
        var keys = new ulong[scores.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(scores[i]);
            var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
            keys[i] = ((ulong)~ascending << 32) | ~(uint)i;
        }

        Array.Sort(keys);
        var order = Array.ConvertAll(keys, key => (int)~(uint)key);
        return new ClassMatches
        {
            Frames = Array.ConvertAll(order, i => frames[i]),
            Scores = Array.ConvertAll(order, i => scores[i]),
            Hits = Array.ConvertAll(order, i => hits[i]),
            Rows = Array.ConvertAll(order, i => rows[i]),
            Errors = [.. errors],
            Headings = [.. headings],
            TruthPerFrame = truthPerFrame,
        };
    }
}
