namespace Quant.Core.Calibration;

/// <summary>What one of several machines saw of the calibration frames.</summary>
/// <param name="Version">Version of the form, <see cref="CurrentVersion"/>.</param>
/// <param name="Kind"><c>range</c> (maxima) or <c>count</c> (histograms over merged maxima).</param>
/// <param name="Origin">Digests by name of everything that decides the numbers; shards merge only when all are equal.</param>
/// <param name="Shard">Which shard, from 0.</param>
/// <param name="Shards">Of how many.</param>
/// <param name="Observed">Maxima and counts.</param>
public sealed record CalibrationShard(int Version, string Kind, IReadOnlyDictionary<string, string> Origin, int Shard, int Shards, CalibrationObservations Observed)
{
    /// <summary>The version that this program writes and reads.</summary>
    public const int CurrentVersion = 1;
}
