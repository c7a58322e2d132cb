using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Quant.Core.Checkpoints;

/// <summary>Sizes, PyTorch names and conversions of element types. Records are little-endian.</summary>
internal static class DTypes
{
    /// <summary>Storage classes of the modules torch, torch.cuda and torch.storage. An untyped storage counts bytes.</summary>
    public static readonly FrozenDictionary<string, DType> ByStorage = new Dictionary<string, DType>
    {
        ["FloatStorage"] = DType.Float32,
        ["DoubleStorage"] = DType.Float64,
        ["HalfStorage"] = DType.Float16,
        ["BFloat16Storage"] = DType.BFloat16,
        ["LongStorage"] = DType.Int64,
        ["IntStorage"] = DType.Int32,
        ["ShortStorage"] = DType.Int16,
        ["CharStorage"] = DType.Int8,
        ["ByteStorage"] = DType.UInt8,
        ["BoolStorage"] = DType.Bool,
        ["UntypedStorage"] = DType.UInt8,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Attributes of the module torch.</summary>
    public static readonly FrozenDictionary<string, DType> ByTorchName = new Dictionary<string, DType>
    {
        ["float32"] = DType.Float32,
        ["float64"] = DType.Float64,
        ["float16"] = DType.Float16,
        ["bfloat16"] = DType.BFloat16,
        ["int64"] = DType.Int64,
        ["int32"] = DType.Int32,
        ["int16"] = DType.Int16,
        ["int8"] = DType.Int8,
        ["uint8"] = DType.UInt8,
        ["bool"] = DType.Bool,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static int Size(this DType type) => type switch
    {
        DType.Float64 or DType.Int64 => 8,
        DType.Float32 or DType.Int32 => 4,
        DType.Float16 or DType.BFloat16 or DType.Int16 => 2,
        _ => 1,
    };

    public static bool IsFloat(this DType type) => type is DType.Float32 or DType.Float64 or DType.Float16 or DType.BFloat16;

    public static string StorageName(this DType type) => ByStorage.First(pair => pair.Value == type && pair.Key != "UntypedStorage").Key;

    /// <summary>Converts whole elements; a double or 64-bit integer rounds to the nearest float.</summary>
    public static void ToFloat32(DType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (type == DType.Float32 && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, float>(source)[..destination.Length].CopyTo(destination);
            return;
        }

        var size = type.Size();
        for (var index = 0; index < destination.Length; index++)
        {
            var element = source.Slice(index * size, size);
            destination[index] = type switch
            {
                DType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                DType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                DType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                DType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                _ => ReadInteger(type, element),
            };
        }
    }

    /// <summary>Converts whole elements of an integer or boolean type.</summary>
    public static void ToInt64(DType type, ReadOnlySpan<byte> source, Span<long> destination)
    {
        var size = type.Size();
        for (var index = 0; index < destination.Length; index++)
        {
            destination[index] = ReadInteger(type, source.Slice(index * size, size));
        }
    }

    private static long ReadInteger(DType type, ReadOnlySpan<byte> element) => type switch
    {
        DType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
        DType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
        DType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
        DType.Int8 => (sbyte)element[0],
        DType.UInt8 => element[0],
        DType.Bool => element[0] != 0 ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an integer type"),
    };
}
