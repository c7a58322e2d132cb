using Quant.Core.Calibration;

namespace Quant.Core.Quantization;

/// <summary>The <c>quantization</c> section.</summary>
public sealed record QuantizationConfig
{
    /// <summary>False: only the FP32 and FP16 models are made.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary><c>ptq</c> or <c>qat</c>.</summary>
    public string Mode { get; init; } = "ptq";

    /// <summary>A quantization.json, edited or not, whose ranges are used instead of calibrating; null calibrates.</summary>
    public string? Table { get; init; }

    /// <summary>How ranges are found.</summary>
    public CalibrationConfig Calibration { get; init; } = new();

    /// <summary>Batch norm folding before quantization.</summary>
    public FusionConfig Fusion { get; init; } = new();

    /// <summary>Exact channel scaling across conv → ReLU → conv before calibration.</summary>
    public EqualizationConfig Equalization { get; init; } = new();

    /// <summary>Shifts biases by the mean output error, layer by layer.</summary>
    public BiasCorrectionConfig BiasCorrection { get; init; } = new();

    /// <summary>Patterns of the layers to quantize.</summary>
    public IReadOnlyList<string> Quantize { get; init; } = ["pts_backbone", "pts_neck", "pts_bbox_head"];

    /// <summary>Kinds of layers to quantize, by the names of <see cref="Models.LayerKind"/>.</summary>
    public IReadOnlyList<string> QuantizeKinds { get; init; } = ["Conv2d", "ConvTranspose2d", "Linear", "DepthwiseConv2d", "Add"];

    /// <summary>Patterns of the layers kept in FP16.</summary>
    public IReadOnlyList<string> SensitiveLayers { get; init; } = [];

    /// <summary><c>auto</c>, <c>true</c> or <c>false</c>: per-input-channel scaling of Linear layers whose channels differ in range by more than 10×.</summary>
    public string InputScaling { get; init; } = "auto";

    /// <summary><c>nearest</c>, or <c>adaround</c>: weights are rounded up or down so that the layer's output error is smallest.</summary>
    public string WeightRounding { get; init; } = "nearest";

    /// <summary><c>per_tensor</c> (portable over TensorRT versions) or <c>per_channel</c>.</summary>
    public string DeconvWeight { get; init; } = "per_tensor";

    /// <summary>Training with fake quantization, for mode qat.</summary>
    public QatConfig Qat { get; init; } = new();

    /// <summary>Precision at the borders.</summary>
    public PrecisionConfig Precision { get; init; } = new();
}
