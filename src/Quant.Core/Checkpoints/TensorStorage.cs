namespace Quant.Core.Checkpoints;

/// <summary>A record seen as elements of one type. Tensors share it.</summary>
/// <param name="Bytes">The record.</param>
/// <param name="DType">The element type; UInt8 for an untyped storage until a tensor names its own.</param>
/// <param name="Count">Elements.</param>
internal sealed record TensorStorage(StorageBytes Bytes, DType DType, long Count)
{
    /// <summary>The same bytes as elements of another type.</summary>
    public TensorStorage As(DType type) => type == DType ? this : new(Bytes, type, Bytes.Length / type.Size());
}
