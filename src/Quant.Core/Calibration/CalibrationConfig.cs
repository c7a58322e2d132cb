namespace Quant.Core.Calibration;

/// <summary>How ranges are found.</summary>
public sealed record CalibrationConfig
{
    /// <summary>Upper bound of the batches read; fewer than 8 frames is a warning, none an error.</summary>
    public int NumBatches { get; init; } = 100;

    /// <summary>Frames in a batch.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary><c>max</c>, <c>histogram</c>, or <c>entropy</c> (= histogram with amax_method entropy).</summary>
    public string Method { get; init; } = "histogram";

    /// <summary>For histograms: <c>mse</c>, <c>entropy</c> or <c>percentile</c>.</summary>
    public string AmaxMethod { get; init; } = "mse";

    /// <summary>Bins of the first range.</summary>
    public int NumBins { get; init; } = 2048;

    /// <summary><c>compat</c> (bins grow at the first batch's width, as pytorch-quantization) or <c>two_pass</c> (independent of order).</summary>
    public string Binning { get; init; } = "compat";

    /// <summary>For <c>percentile</c>: 0…100.</summary>
    public double Percentile { get; init; } = 99.99;
}
