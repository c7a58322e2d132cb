namespace Deploy.Evaluation;

/// <summary>The score cut with the highest F1 (perception_eval, <c>ap.py</c>): the first of equal ones, NaN when precision and recall are 0 everywhere.</summary>
internal static class BestF1
{
    public static (double F1, double Confidence) Find(ClassMatches matches, int t)
    {
        var objects = matches.CountTruth(null);
        var best = (F1: double.NaN, Confidence: double.NaN);
        var hits = 0;
        for (var i = 0; i < matches.Hits.Length; i++)
        {
            hits += matches.Hits[i] >> t & 1;
            var precision = (double)hits / (i + 1);
            var recall = objects == 0 ? 0 : (double)hits / objects;
            if (precision + recall > 0)
            {
                var f1 = 2 * precision * recall / (precision + recall);
                if (!(f1 <= best.F1))
                {
                    best = (f1, matches.Scores[i]);
                }
            }
        }

        return best;
    }
}
