namespace Deploy.Configuration.Binding;

/// <summary>Finds the word that a misspelt one was meant to be.</summary>
internal static class Spelling
{
    private const int LongestWord = 64;

    /// <summary>The nearest candidate by Levenshtein distance, or null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }

        var best = candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(Fold(word), Fold(candidate))))
            .OrderBy(item => item.Distance)
            .FirstOrDefault();
        return best.Candidate is not null && best.Distance <= Math.Max(1, Math.Max(word.Length, best.Candidate.Length) / 3) ? best.Candidate : null;
    }

    /// <summary>Insertions, deletions and substitutions that turn one word into the other.</summary>
    public static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }

    /// <summary>Case and the choice of '-' or '_' are no difference in meaning.</summary>
    private static string Fold(string word) => word.ToUpperInvariant().Replace('-', '_');
}
