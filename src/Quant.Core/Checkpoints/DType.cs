namespace Quant.Core.Checkpoints;

/// <summary>The element types of a checkpoint's tensors.</summary>
public enum DType
{
    /// <summary>IEEE binary32.</summary>
    Float32,

    /// <summary>IEEE binary64.</summary>
    Float64,

    /// <summary>IEEE binary16.</summary>
    Float16,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16,

    /// <summary>Signed 64-bit.</summary>
    Int64,

    /// <summary>Signed 32-bit.</summary>
    Int32,

    /// <summary>Signed 16-bit.</summary>
    Int16,

    /// <summary>Signed 8-bit.</summary>
    Int8,

    /// <summary>Unsigned 8-bit.</summary>
    UInt8,

    /// <summary>One byte: zero is false.</summary>
    Bool,
}
