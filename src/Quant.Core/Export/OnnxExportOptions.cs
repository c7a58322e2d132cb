namespace Quant.Core.Export;

/// <summary>What to write (the config's <c>onnx_config</c> and one precision of it).</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The lowest opset with per-channel Q/DQ.</summary>
    public const int MinOpset = 13;

    /// <summary>The highest opset whose operator forms this program writes.</summary>
    public const int MaxOpset = 21;

    /// <summary>Which graph.</summary>
    public OnnxPrecision Precision { get; init; } = OnnxPrecision.Fp32;

    /// <summary>Element type beside the quantized part of an INT8 graph; without effect on the others.</summary>
    public OnnxBody Body { get; init; } = OnnxBody.Fp32;

    /// <summary>Null is auto: 17, and 19 for an INT8 graph with an FP16 body (FP16-typed scales need it).</summary>
    public int? Opset { get; init; }

    /// <summary>True: INT8 weight constants → DQ. False: float weights → Q → DQ, which every TensorRT version reads.</summary>
    public bool PrequantizedWeights { get; init; }

    /// <summary>
    /// True: the factors of a scaled graph input are left to whoever makes the input and stand in the file's metadata (<see cref="InputFactors"/>).
    /// False: one Mul before the Q.
    /// </summary>
    public bool ScaledInput { get; init; }

    /// <summary>Names and axes; null takes <see cref="OnnxInterface.Awml"/>.</summary>
    public OnnxInterface? Interface { get; init; }

    /// <summary>The file's producer.</summary>
    public string ProducerName { get; init; } = "quant";

    /// <summary>The file's producer version.</summary>
    public string ProducerVersion { get; init; } = typeof(OnnxExportOptions).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Free text in the file.</summary>
    public string DocString { get; init; } = "";
}
