namespace Quant.Core.Quantization;

/// <summary>The <c>quantization.qat</c> section: training with fake quantization, after calibration and bias correction.</summary>
public sealed record QatConfig
{
    /// <summary>Passes over the training frames.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Peak learning rate; 1e-4 is known to degrade CenterPoint.</summary>
    public double Lr { get; init; } = 1e-5;

    /// <summary><c>constant</c>, <c>cosine</c> or <c>one_cycle</c>.</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>True, always: norms are folded before quantization.</summary>
    public bool FreezeBn { get; init; } = true;

    /// <summary>The epoch before which ranges are calibrated; only 0, before the first.</summary>
    public int CalibrationEpoch { get; init; }

    /// <summary>True: layers without quantizers keep their weights. Left free, they drift past the frozen ranges.</summary>
    public bool FreezeUnquantized { get; init; } = true;

    /// <summary>Frames of a step.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>True: ranges are trained with the weights (LSQ). False: they stay as calibrated.</summary>
    public bool LearnStepSize { get; init; }

    /// <summary>With learn_step_size: how fast ranges move, relative to their size, as a multiple of lr.</summary>
    public double RangeRate { get; init; } = 10;

    /// <summary>True: the float model teaches, and no labels are needed unless label_weight is above 0. False: labels do.</summary>
    public bool Teacher { get; init; }

    /// <summary>With a teacher: weight of the labels' loss beside the teacher's.</summary>
    public double LabelWeight { get; init; }
}
