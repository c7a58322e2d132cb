namespace Quant.Core.Calibration;

/// <summary>How ranges are found.</summary>
public sealed record CalibrationConfig
{
    /// <summary>Upper bound of the batches read; fewer than 8 frames is a warning, none an error.</summary>
    public int NumBatches { get; init; } = 100;

    /// <summary>Frames in a batch.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>
    /// <c>max</c>, <c>histogram</c>, <c>entropy</c> (= histogram with amax_method entropy), or <c>grid</c>: the share of the maximum with the smallest error of
    /// the layers' outputs.
    /// </summary>
    public string Method { get; init; } = "histogram";

    /// <summary>For histograms: <c>mse</c>, <c>entropy</c> or <c>percentile</c>.</summary>
    public string AmaxMethod { get; init; } = "mse";

    /// <summary>Bins of the first range.</summary>
    public int NumBins { get; init; } = 2048;

    /// <summary><c>compat</c> (bins grow at the first batch's width, as pytorch-quantization) or <c>two_pass</c> (independent of order).</summary>
    public string Binning { get; init; } = "compat";

    /// <summary>For <c>percentile</c>: 0…100.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>For <c>grid</c>: batches on which output errors are compared.</summary>
    public int GridBatches { get; init; } = 4;

    /// <summary>Weight ranges: <c>max</c>, or <c>mse</c> for the smallest squared error of each channel's weights.</summary>
    public string WeightMethod { get; init; } = "max";

    /// <summary>Leaves out the cells of the bird's-eye map whose receptive field holds no pillar; after the first convolution they are a constant, not zero.</summary>
    public bool ExcludeEmpty { get; init; }

    /// <summary>How often a cell near a detection of the float model counts in histograms; 1 counts all cells alike.</summary>
    public int ForegroundWeight { get; init; } = 1;
}
