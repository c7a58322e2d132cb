namespace Quant.Core.Export;

/// <summary>The three graphs of a model.</summary>
public enum OnnxPrecision
{
    /// <summary>Everything float32.</summary>
    Fp32,

    /// <summary>Float16 inside, float32 inputs and outputs.</summary>
    Fp16,

    /// <summary>Explicit signed, symmetric Q/DQ.</summary>
    Int8,
}
