namespace Quant.Core.Export;

/// <summary>The element type of what an INT8 graph leaves unquantized.</summary>
public enum OnnxBody
{
    /// <summary>Float32: the builder may choose FP16 (TensorRT 8 to 10 with <c>--int8 --fp16</c>).</summary>
    Fp32,

    /// <summary>Float16 with float32 inputs and outputs: the types are the build's precision (strongly typed networks, TensorRT 11).</summary>
    Fp16,
}
