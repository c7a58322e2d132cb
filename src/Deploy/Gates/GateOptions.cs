using Quant.Core.Diagnostics;

namespace Deploy.Gates;

/// <summary>Thresholds of a release; null is no gate. Accuracy is in fractions: 0.01 is one point.</summary>
public sealed record GateOptions
{
    /// <summary>Largest reference mAP − candidate mAP.</summary>
    public double? MapDropMax { get; init; }

    /// <summary>Largest drop of mAP over the reference's mAP.</summary>
    public double? MapDropMaxRelative { get; init; }

    /// <summary>Largest drop of NDS.</summary>
    public double? NdsDropMax { get; init; }

    /// <summary>Largest drop of AP by class name.</summary>
    public IReadOnlyDictionary<string, double> ApDropMax { get; init; } = new Dictionary<string, double>();

    /// <summary>Largest drop of mAP in every range bucket of t4_v2.</summary>
    public double? BucketDropMax { get; init; }

    /// <summary>True when the output comparison must pass.</summary>
    public bool Comparison { get; init; }

    /// <summary>Largest median latency in milliseconds.</summary>
    public double? LatencyMsMax { get; init; }

    /// <summary>Smallest baseline median over candidate median.</summary>
    public double? SpeedupMin { get; init; }

    /// <summary>Smallest share in 0–1 of layer time spent in INT8.</summary>
    public double? Int8TimeShareMin { get; init; }

    /// <summary>Largest candidate size over baseline size.</summary>
    public double? ModelSizeRatioMax { get; init; }

    /// <summary>Reports every threshold that cannot be meant (QNT0706).</summary>
    public void Check(DiagnosticBag bag)
    {
        void Fraction(string name, double? value)
        {
            if (value is { } limit && !(limit is > -1 and < 1))
            {
                bag.Error(DiagnosticCodes.GateOptionsInvalid, $"gates.{name} is {limit}; accuracy is a fraction, 0.01 is one point");
            }
        }

        void Positive(string name, double? value)
        {
            if (value is { } limit && (!(limit > 0) || double.IsInfinity(limit)))
            {
                bag.Error(DiagnosticCodes.GateOptionsInvalid, $"gates.{name} is {limit}; it must be a positive number");
            }
        }

        Fraction("map_drop_max", MapDropMax);
        Fraction("map_drop_max_relative", MapDropMaxRelative);
        Fraction("nds_drop_max", NdsDropMax);
        Fraction("bucket_drop_max", BucketDropMax);
        foreach (var (name, limit) in ApDropMax)
        {
            Fraction($"ap_drop_max.{name}", limit);
        }

        Positive("latency_ms_max", LatencyMsMax);
        Positive("speedup_min", SpeedupMin);
        Positive("model_size_ratio_max", ModelSizeRatioMax);
        if (Int8TimeShareMin is { } share && !(share is >= 0 and <= 1))
        {
            bag.Error(DiagnosticCodes.GateOptionsInvalid, $"gates.int8_time_share_min is {share}; it is a share between 0 and 1");
        }
    }
}
