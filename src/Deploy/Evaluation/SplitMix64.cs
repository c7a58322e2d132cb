namespace Deploy.Evaluation;

/// <summary>
/// The SplitMix64 generator (Steele, Lea, Flood 2014): the same numbers on every platform and .NET version. Not for cryptography.
/// </summary>
public struct SplitMix64(ulong seed)
{
    private ulong state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number in [0, <paramref name="bound"/>) from the high half of a 128-bit product; the bias is below bound / 2^64.</summary>
    public int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>An independent generator for one resample, so that resamples can run in any order.</summary>
    public static SplitMix64 ForStream(ulong seed, int stream)
    {
        var mixer = new SplitMix64(seed);
        return new SplitMix64(mixer.Next() + (0xD1342543DE82EF95 * (ulong)(stream + 1)));
    }
}
