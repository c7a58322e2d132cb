using System.Runtime.InteropServices;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>
/// An immutable view of a storage: element type, shape, strides and offset. Nothing is read before a conversion asks for it;
/// tensors of a file are valid until their <see cref="Checkpoint"/> is disposed.
/// </summary>
public sealed class CheckpointTensor
{
    private const int ChunkElements = 1 << 17;

    private readonly TensorStorage storage;
    private readonly long offset;
    private readonly long[] shape;
    private readonly long[] strides;

    /// <summary>The layout has been checked against the storage (<see cref="TensorLayout"/>).</summary>
    internal CheckpointTensor(TensorStorage storage, long offset, long[] shape, long[] strides)
    {
        this.storage = storage;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
        Count = TensorLayout.Count(shape);
    }

    private delegate void ChunkAction(ReadOnlySpan<byte> chunk);

    /// <summary>The stored element type.</summary>
    public DType DType => storage.DType;

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => Array.AsReadOnly(shape);

    /// <summary>The product of the sizes; 1 for a scalar.</summary>
    public long Count { get; }

    /// <summary>A float tensor of copied values; without sizes it is a scalar.</summary>
    /// <exception cref="ArgumentException">The sizes do not multiply to the number of values, or these take 2 GiB.</exception>
    public static CheckpointTensor FromFloat32(float[] values, params long[] shape) => FromValues<float>(values, DType.Float32, shape);

    /// <summary>A 64-bit integer tensor of copied values; without sizes it is a scalar.</summary>
    /// <exception cref="ArgumentException">The sizes do not multiply to the number of values, or these take 2 GiB.</exception>
    public static CheckpointTensor FromInt64(long[] values, params long[] shape) => FromValues<long>(values, DType.Int64, shape);

    /// <summary>The values in row-major order; doubles and integers round to the nearest float, booleans are 0 and 1.</summary>
    /// <exception cref="QuantException">QNT0207: too many elements for one array. QNT0202: the record is damaged.</exception>
    public float[] ToFloat32()
    {
        var values = new float[ArrayLength()];
        var done = 0;
        ForEachChunk(chunk =>
        {
            var count = chunk.Length / DType.Size();
            DTypes.ToFloat32(DType, chunk, values.AsSpan(done, count));
            done += count;
        });
        return values;
    }

    /// <summary>The values of an integer or boolean tensor in row-major order.</summary>
    /// <exception cref="QuantException">QNT0207: a float tensor, or too many elements for one array. QNT0202: the record is damaged.</exception>
    public long[] ToInt64()
    {
        if (DType.IsFloat())
        {
            throw Invalid($"a {DType} tensor was asked for integers; read it as float");
        }

        var values = new long[ArrayLength()];
        var done = 0;
        ForEachChunk(chunk =>
        {
            var count = chunk.Length / DType.Size();
            DTypes.ToInt64(DType, chunk, values.AsSpan(done, count));
            done += count;
        });
        return values;
    }

    /// <summary>Writes the raw little-endian elements in row-major order.</summary>
    internal void WriteTo(Stream destination) => ForEachChunk(destination.Write);

    private static CheckpointTensor FromValues<T>(T[] values, DType type, long[] shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(shape);
        var sizes = shape.ToArray();
        if (sizes.Any(size => size < 0) || !TensorLayout.TryCount(sizes, out var count) || count != values.Length)
        {
            throw new ArgumentException($"shape [{string.Join(", ", shape)}] does not hold {values.Length} values", nameof(shape));
        }

        if ((long)values.Length * type.Size() > Array.MaxLength)
        {
            throw new ArgumentException($"{values.Length} values take more than {Array.MaxLength} bytes", nameof(values));
        }

        var bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        var source = new StorageBytes("memory", "values", bytes.Length) { Source = new MemoryBytes(bytes) };
        return new(new TensorStorage(source, type, values.Length), 0, sizes, TensorLayout.RowMajor(sizes));
    }

    private int ArrayLength() => Count <= Array.MaxLength
        ? (int)Count
        : throw Invalid($"a tensor of shape [{string.Join(", ", shape)}] is too large for one array of at most {Array.MaxLength} elements");

    private void ForEachChunk(ChunkAction action)
    {
        if (Count == 0)
        {
            return;
        }

        if (TensorLayout.IsRowMajor(shape, strides))
        {
            ReadContiguous(action);
        }
        else
        {
            Gather(action);
        }
    }

    private void ReadContiguous(ChunkAction action)
    {
        var size = DType.Size();
        var buffer = new byte[(int)Math.Min(ChunkElements, Count) * size];
        for (var done = 0L; done < Count; done += ChunkElements)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(ChunkElements, Count - done) * size);
            storage.Bytes.Read((offset + done) * size, chunk);
            action(chunk);
        }
    }

    private void Gather(ChunkAction action)
    {
        var size = DType.Size();
        var extent = (TensorLayout.LastElement(shape, strides) + 1) * size;
        if (extent > Array.MaxLength)
        {
            throw Invalid($"a non-contiguous tensor spans {extent} bytes; save it again after .contiguous()");
        }

        var source = new byte[extent];
        storage.Bytes.Read(offset * size, source);
        var buffer = new byte[(int)Math.Min(ChunkElements, Count) * size];
        var filled = 0;
        foreach (var element in TensorLayout.Elements(shape, strides))
        {
            source.AsSpan((int)(element * size), size).CopyTo(buffer.AsSpan(filled));
            filled += size;
            if (filled == buffer.Length)
            {
                action(buffer);
                filled = 0;
            }
        }

        action(buffer.AsSpan(0, filled));
    }

    private QuantException Invalid(string message) => new(DiagnosticCodes.TensorInvalid, message, new SourceLocation(storage.Bytes.File));
}
