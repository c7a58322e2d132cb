using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export;

/// <summary>Writes and reads the constant tensors of ONNX graphs (little-endian raw data when written, any form when read).</summary>
public static class OnnxTensor
{
    /// <summary>A FLOAT constant.</summary>
    public static TensorProto Float(string name, ReadOnlySpan<long> dims, ReadOnlySpan<float> values) => Raw(name, DataType.Float, dims, values);

    /// <summary>A FLOAT16 constant.</summary>
    public static TensorProto Half(string name, ReadOnlySpan<long> dims, ReadOnlySpan<Half> values) => Raw(name, DataType.Float16, dims, values);

    /// <summary>An INT8 constant.</summary>
    public static TensorProto Int8(string name, ReadOnlySpan<long> dims, ReadOnlySpan<sbyte> values) => Raw(name, DataType.Int8, dims, values);

    /// <summary>A UINT8 constant.</summary>
    public static TensorProto UInt8(string name, ReadOnlySpan<long> dims, ReadOnlySpan<byte> values) => Raw(name, DataType.Uint8, dims, values);

    /// <summary>An INT32 constant.</summary>
    public static TensorProto Int32(string name, ReadOnlySpan<long> dims, ReadOnlySpan<int> values) => Raw(name, DataType.Int32, dims, values);

    /// <summary>An INT64 constant.</summary>
    public static TensorProto Int64(string name, ReadOnlySpan<long> dims, ReadOnlySpan<long> values) => Raw(name, DataType.Int64, dims, values);

    /// <summary>Number of elements, or null when a dimension is negative or the product overflows.</summary>
    public static long? Count(TensorProto tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var count = 1L;
        foreach (var dim in tensor.Dims)
        {
            if (dim < 0 || (dim > 0 && count > long.MaxValue / dim))
            {
                return null;
            }

            count *= dim;
        }

        return count;
    }

    /// <summary>The values as doubles, or null when the type is not a plain number or the data do not match the shape.</summary>
    public static double[]? Values(TensorProto tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var values = tensor.HasRawData ? FromRaw(tensor) : FromFields(tensor);
        return values is not null && values.Length == Count(tensor) ? values : null;
    }

    /// <summary>Bytes of one element in raw data, or null for types without a whole number of bytes.</summary>
    public static int? ElementBytes(int type) => (DataType)type switch
    {
        DataType.Uint8 or DataType.Int8 or DataType.Bool => 1,
        DataType.Float8E4M3Fn or DataType.Float8E4M3Fnuz or DataType.Float8E5M2 or DataType.Float8E5M2Fnuz => 1,
        DataType.Uint16 or DataType.Int16 or DataType.Float16 or DataType.Bfloat16 => 2,
        DataType.Float or DataType.Int32 or DataType.Uint32 => 4,
        DataType.Double or DataType.Int64 or DataType.Uint64 or DataType.Complex64 => 8,
        DataType.Complex128 => 16,
        _ => null,
    };

    private static TensorProto Raw<T>(string name, DataType type, ReadOnlySpan<long> dims, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("ONNX raw data are little-endian");
        }

        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.AddRange(dims.ToArray());
        return tensor;
    }

    private static double[]? FromRaw(TensorProto tensor)
    {
        if (ElementBytes(tensor.DataType) is not { } size || tensor.RawData.Length % size != 0)
        {
            return null;
        }

        var data = tensor.RawData.Span;
        var values = new double[data.Length / size];
        for (var i = 0; i < values.Length; i++)
        {
            var item = data.Slice(i * size, size);
            switch ((DataType)tensor.DataType)
            {
                case DataType.Float: values[i] = BinaryPrimitives.ReadSingleLittleEndian(item); break;
                case DataType.Double: values[i] = BinaryPrimitives.ReadDoubleLittleEndian(item); break;
                case DataType.Float16: values[i] = (double)BinaryPrimitives.ReadHalfLittleEndian(item); break;
                case DataType.Bfloat16: values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(item) << 16); break;
                case DataType.Int8: values[i] = (sbyte)item[0]; break;
                case DataType.Uint8 or DataType.Bool: values[i] = item[0]; break;
                case DataType.Int16: values[i] = BinaryPrimitives.ReadInt16LittleEndian(item); break;
                case DataType.Uint16: values[i] = BinaryPrimitives.ReadUInt16LittleEndian(item); break;
                case DataType.Int32: values[i] = BinaryPrimitives.ReadInt32LittleEndian(item); break;
                case DataType.Uint32: values[i] = BinaryPrimitives.ReadUInt32LittleEndian(item); break;
                case DataType.Int64: values[i] = BinaryPrimitives.ReadInt64LittleEndian(item); break;
                case DataType.Uint64: values[i] = BinaryPrimitives.ReadUInt64LittleEndian(item); break;
                default: return null;
            }
        }

        return values;
    }

    private static double[]? FromFields(TensorProto tensor) => (DataType)tensor.DataType switch
    {
        DataType.Float => [.. tensor.FloatData],
        DataType.Double => [.. tensor.DoubleData],
        DataType.Int64 => [.. tensor.Int64Data],
        DataType.Uint64 or DataType.Uint32 => [.. tensor.Uint64Data],
        DataType.Float16 => [.. tensor.Int32Data.Select(bits => (double)BitConverter.UInt16BitsToHalf((ushort)bits))],
        DataType.Bfloat16 => [.. tensor.Int32Data.Select(bits => (double)BitConverter.UInt32BitsToSingle((uint)(ushort)bits << 16))],
        DataType.Int8 or DataType.Uint8 or DataType.Bool or DataType.Int16 or DataType.Uint16 or DataType.Int32 => [.. tensor.Int32Data],
        _ => null,
    };
}
