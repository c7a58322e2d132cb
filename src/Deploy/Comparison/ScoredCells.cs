using Quant.Core.Models;

namespace Deploy.Comparison;

/// <summary>The cells of one task that the decoder reads in one frame.</summary>
/// <param name="Passing">Row-major indices where either model's best class is above the threshold.</param>
/// <param name="Top">The reference's best cells, for when no cell of any frame passes.</param>
internal sealed record ScoredCells(int[] Passing, int[] Top)
{
    private const int TopCount = 100;

    public static ScoredCells Find(HostTensor reference, HostTensor candidate, int cells, double threshold)
    {
        // score > t ⇔ logit > log(t / (1 − t))
        var limit = threshold <= 0 ? double.NegativeInfinity : threshold >= 1 ? double.PositiveInfinity : Math.Log(threshold / (1 - threshold));
        var best = new float[cells];
        var passing = new List<int>();
        Array.Fill(best, float.NegativeInfinity);
        for (var cell = 0; cell < cells; cell++)
        {
            var other = float.NegativeInfinity;
            for (var i = cell; i < reference.Values.Length; i += cells)
            {
                best[cell] = Math.Max(best[cell], reference.Values[i]);
                other = Math.Max(other, candidate.Values[i]);
            }

            if (best[cell] > limit || other > limit)
            {
                passing.Add(cell);
            }
        }

        var order = Enumerable.Range(0, cells).ToArray();
        var keys = Array.ConvertAll(best, value => -value);
        Array.Sort(keys, order);
        return new ScoredCells([.. passing], [.. order.Take(TopCount)]);
    }
}
