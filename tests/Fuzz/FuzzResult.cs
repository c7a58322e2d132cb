namespace Fuzz;

/// <summary>What became of a reader's inputs.</summary>
public sealed class FuzzResult
{
    /// <summary>The reader.</summary>
    public required string Name { get; init; }

    /// <summary>Inputs read.</summary>
    public int Inputs { get; set; }

    /// <summary>Inputs that were read to their end.</summary>
    public int Accepted { get; set; }

    /// <summary>Refusals by diagnostic code.</summary>
    public SortedDictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Any other exception, memory above the bound or a file written: what happened, and the input in Base64.</summary>
    public List<(string What, string Input)> Faults { get; } = [];

    /// <summary>The slowest input.</summary>
    public TimeSpan Slowest { get; set; }

    /// <summary>The most managed memory one input took, in bytes.</summary>
    public long MostBytes { get; set; }
}
