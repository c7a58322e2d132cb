namespace Quant.Core.Export.Linting;

/// <summary>Whose rules a graph must keep beyond those of ONNX itself.</summary>
public enum OnnxLintProfile
{
    /// <summary>TensorRT's explicit quantization: signed, symmetric, float biases.</summary>
    TensorRt,

    /// <summary>ONNX Runtime's integer kernels on CPUs: uint8 with any zero point, INT32 biases.</summary>
    OnnxRuntimeCpu,
}
