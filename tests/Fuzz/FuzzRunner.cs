using System.Diagnostics;
using Quant.Core.Diagnostics;

namespace Fuzz;

/// <summary>Feeds mutated inputs to a reader and sorts what comes back.</summary>
public static class FuzzRunner
{
    /// <summary>Managed bytes that one input of at most some 64 KiB may cost.</summary>
    public const long AllowedBytes = 256 << 20;

    /// <summary>An input that takes longer counts as a hang.</summary>
    public static readonly TimeSpan AllowedTime = TimeSpan.FromSeconds(20);

    private const int MostFaults = 20;

    /// <summary>Runs until the count or the time is used up; the seeds themselves come first.</summary>
    public static FuzzResult Run(FuzzTarget target, int count, TimeSpan time, int seed)
    {
        ArgumentNullException.ThrowIfNull(target);
        var result = new FuzzResult { Name = target.Name };
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        foreach (var sound in target.Seeds.Take(count))
        {
            One(target, sound, result);
        }

        while (result.Inputs < count && watch.Elapsed < time && result.Faults.Count < MostFaults)
        {
            One(target, Mutator.Next(target, random), result);
        }

        return result;
    }

    private static void One(FuzzTarget target, byte[] input, FuzzResult result)
    {
        var (bytes, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        try
        {
            target.Read(input);
            result.Accepted++;
        }
        catch (QuantException refusal)
        {
            result.Refused[refusal.Code] = result.Refused.GetValueOrDefault(refusal.Code) + 1;
        }
        catch (Exception fault)
        {
            // A fuzzer's find: recorded with its input, and the run fails.
            result.Faults.Add((fault.ToString(), Convert.ToBase64String(input)));
        }

        result.Inputs++;
        var (took, used) = (Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - bytes);
        result.Slowest = took > result.Slowest ? took : result.Slowest;
        result.MostBytes = Math.Max(result.MostBytes, used);
        if (used > AllowedBytes || took > AllowedTime)
        {
            result.Faults.Add(($"{used >> 20} MiB, {took.TotalSeconds:F1} s", Convert.ToBase64String(input)));
        }
    }
}
