using Quant.Core.Diagnostics;

namespace Quant.Core.Calibration;

/// <summary>Joins what shards saw. Maxima and 64-bit counts do not depend on order, so the result is that of a single run, bit for bit.</summary>
public static class ShardMerger
{
    /// <summary>Joins a whole set of shards into one.</summary>
    /// <exception cref="QuantException">QNT0350 a shard is missing or given twice; QNT0351 shards of different runs or forms.</exception>
    public static CalibrationShard Merge(IReadOnlyList<CalibrationShard> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        if (shards.Count == 0)
        {
            throw new QuantException(DiagnosticCodes.ShardMissing, "no shard was given; name the files that 'deploy calibrate range' or 'deploy calibrate count' wrote");
        }

        var first = shards[0];
        var bag = new DiagnosticBag();
        foreach (var shard in shards)
        {
            if (Difference(first, shard) is { } difference)
            {
                bag.Error(DiagnosticCodes.ShardMismatch, $"shard {shard.Shard}/{shard.Shards} does not belong with shard {first.Shard}/{first.Shards}: {difference}; run all shards with the same program, config, checkpoint and frames");
            }
        }

        bag.ThrowIfErrors();
        var given = shards.CountBy(shard => shard.Shard).ToDictionary();
        foreach (var (shard, count) in given.Where(pair => pair.Value > 1))
        {
            bag.Error(DiagnosticCodes.ShardMissing, $"shard {shard}/{first.Shards} is given {count} times; its frames would count more than once");
        }

        var missing = Enumerable.Range(0, first.Shards).Where(shard => !given.ContainsKey(shard)).ToList();
        if (missing.Count > 0)
        {
            bag.Error(DiagnosticCodes.ShardMissing, $"shards {string.Join(", ", missing)} of {first.Shards} are missing; run them and merge again");
        }

        bag.ThrowIfErrors();
        return first with { Shard = 0, Shards = 1, Observed = Join([.. shards.Select(shard => shard.Observed)]) };
    }

    /// <summary>Joins observations of the same tensors over different frames; those of no frame add nothing.</summary>
    public static CalibrationObservations Join(IReadOnlyList<CalibrationObservations> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        List<CalibrationObservations> seen = [.. parts.Where(part => part.Frames > 0)];
        return seen.Count == 0 ? parts[0] : new CalibrationObservations(
            seen.Sum(part => part.Frames),
            [.. seen[0].Tensors.Select((_, index) => seen.Select(part => part.Tensors[index]).Aggregate(Join))]);
    }

    private static string? Difference(CalibrationShard first, CalibrationShard shard)
    {
        if (shard.Version != CalibrationShard.CurrentVersion)
        {
            return $"its form has version {shard.Version}, this program reads {CalibrationShard.CurrentVersion}";
        }

        if (shard.Kind != first.Kind || shard.Shards != first.Shards)
        {
            return $"it is a {shard.Kind} of {shard.Shards} shards, not a {first.Kind} of {first.Shards}";
        }

        if (shard.Shard < 0 || shard.Shard >= shard.Shards)
        {
            return "its number is out of range";
        }

        var other = first.Origin.Keys.Union(shard.Origin.Keys).FirstOrDefault(key => first.Origin.GetValueOrDefault(key) != shard.Origin.GetValueOrDefault(key));
        if (other is not null)
        {
            return $"its {other} differs";
        }

        return shard.Observed.Tensors.Select(Shape).SequenceEqual(first.Observed.Tensors.Select(Shape)) ? null : "its tensors or bins differ";
    }

    private static (string Name, int? Bins, double? Width, int? Channels) Shape(TensorObservation tensor) =>
        (tensor.Quantizer, tensor.Histogram?.Counts.Length, tensor.Histogram?.Width, tensor.ChannelMaxima?.Count);

    private static TensorObservation Join(TensorObservation left, TensorObservation right) => left with
    {
        Maximum = Math.Max(left.Maximum, right.Maximum),
        Count = left.Count + right.Count,
        ChannelMaxima = left.ChannelMaxima is { } maxima ? [.. maxima.Zip(right.ChannelMaxima!, MathF.Max)] : null,
        Histogram = left.Histogram is { } histogram ? histogram with { Counts = [.. histogram.Counts.Zip(right.Histogram!.Counts, (a, b) => a + b)] } : null,
        Rebinned = left.Rebinned + right.Rebinned,
    };
}
