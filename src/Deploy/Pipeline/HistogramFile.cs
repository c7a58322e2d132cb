using System.Text.Json;
using Quant.Core.Calibration;

namespace Deploy.Pipeline;

/// <summary>calibration/histograms.json: every input quantizer's histogram, its bins merged for pictures.</summary>
internal static class HistogramFile
{
    public const string Name = "calibration/histograms.json";

    /// <summary>Enough for a picture; the search itself used <c>num_bins</c>.</summary>
    public const int MaximumBins = 128;

    private static readonly JsonSerializerOptions Compact = new(JsonFile.Options) { WriteIndented = false };

    public static void Write(string path, CalibrationResult result) => AtomicFile.Write(path, JsonSerializer.Serialize(
        result.Histograms.ToDictionary(item => item.Key, item => Merge(item.Value)), Compact) + "\n");

    public static Dictionary<string, Histogram> Read(string path) => JsonFile.Read<Dictionary<string, Histogram>>(path);

    /// <summary>Neighbouring bins added up; the last may reach beyond the largest value.</summary>
    internal static Histogram Merge(Histogram histogram)
    {
        var group = (histogram.Counts.Length + MaximumBins - 1) / MaximumBins;
        return new Histogram([.. histogram.Counts.Chunk(group).Select(bins => bins.Sum())], histogram.Width * group);
    }
}
