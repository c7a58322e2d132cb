using Google.Protobuf;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export;

/// <summary>Constants in every form of onnx.proto's TensorProto: raw bytes, and the typed fields that it names for each type.</summary>
public sealed class OnnxTensorTests
{
    [Theory]
    [InlineData(DataType.Float, "00 00 C0 3F 00 00 00 C0", 1.5, -2)]
    [InlineData(DataType.Double, "00 00 00 00 00 00 F8 3F 00 00 00 00 00 00 00 C0", 1.5, -2)]
    [InlineData(DataType.Float16, "00 3E 00 C0", 1.5, -2)]
    [InlineData(DataType.Bfloat16, "C0 3F 00 C0", 1.5, -2)]
    [InlineData(DataType.Int8, "7F 80", 127, -128)]
    [InlineData(DataType.Uint8, "7F 80", 127, 128)]
    [InlineData(DataType.Bool, "00 01", 0, 1)]
    [InlineData(DataType.Int16, "01 00 00 80", 1, -32768)]
    [InlineData(DataType.Uint16, "01 00 00 80", 1, 32768)]
    [InlineData(DataType.Int32, "01 00 00 00 FE FF FF FF", 1, -2)]
    [InlineData(DataType.Uint32, "01 00 00 00 FE FF FF FF", 1, 4294967294)]
    [InlineData(DataType.Int64, "01 00 00 00 00 00 00 00 FE FF FF FF FF FF FF FF", 1, -2)]
    [InlineData(DataType.Uint64, "01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 80", 1, 9223372036854775808)]
    public void Raw_bytes_are_read_little_endian(DataType type, string bytes, double first, double second)
    {
        var raw = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal([first, second], OnnxTensor.Values(Raw(type, raw, 2))!);
        Assert.Equal(raw.Length / 2, OnnxTensor.ElementBytes((int)type));
        // One value too few, half a value, and another shape.
        Assert.Null(OnnxTensor.Values(Raw(type, raw[..(raw.Length / 2)], 2)));
        Assert.Null(OnnxTensor.Values(Raw(type, raw, 3)));
        Assert.Equal(raw.Length == 2 ? [first] : null, OnnxTensor.Values(Raw(type, raw[..^1], 1)));
    }

    [Theory]
    [InlineData(DataType.Float8E4M3Fn, 1)]
    [InlineData(DataType.Float8E4M3Fnuz, 1)]
    [InlineData(DataType.Float8E5M2, 1)]
    [InlineData(DataType.Float8E5M2Fnuz, 1)]
    [InlineData(DataType.Complex64, 8)]
    [InlineData(DataType.Complex128, 16)]
    [InlineData(DataType.String, null)]
    [InlineData(DataType.Undefined, null)]
    public void Types_that_are_no_plain_numbers_have_a_size_and_no_values(DataType type, int? size)
    {
        Assert.Equal(size, OnnxTensor.ElementBytes((int)type));
        Assert.Null(OnnxTensor.Values(Raw(type, new byte[size ?? 1], 1)));
        Assert.Null(OnnxTensor.Values(new TensorProto { DataType = (int)type }));
    }

    [Fact]
    public void Typed_fields_are_read_as_the_format_says()
    {
        Equal([1.5, -2], Fields(DataType.Float, tensor => tensor.FloatData.AddRange([1.5f, -2])));
        Equal([1.5, -2], Fields(DataType.Double, tensor => tensor.DoubleData.AddRange([1.5, -2])));
        Equal([1, -2], Fields(DataType.Int64, tensor => tensor.Int64Data.AddRange([1, -2])));
        Equal([1, 9223372036854775808], Fields(DataType.Uint64, tensor => tensor.Uint64Data.AddRange([1, 1UL << 63])));
        Equal([1, 4294967295], Fields(DataType.Uint32, tensor => tensor.Uint64Data.AddRange([1, uint.MaxValue])));
        Equal([1.5, -2], Fields(DataType.Float16, tensor => tensor.Int32Data.AddRange([0x3E00, 0xC000])));
        Equal([1.5, -2], Fields(DataType.Bfloat16, tensor => tensor.Int32Data.AddRange([0x3FC0, 0xC000])));
        foreach (var type in new[] { DataType.Int8, DataType.Uint8, DataType.Bool, DataType.Int16, DataType.Uint16, DataType.Int32 })
        {
            Equal([1, -2], Fields(type, tensor => tensor.Int32Data.AddRange([1, -2])));
        }

        var longer = Fields(DataType.Float, tensor => tensor.FloatData.AddRange([1, 2, 3]));
        Assert.Null(OnnxTensor.Values(longer));

        static void Equal(double[] expected, TensorProto tensor) => Assert.Equal(expected, OnnxTensor.Values(tensor)!);
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(0L, 0L)]
    [InlineData(0L, 3L, 0L, 1L << 62)]
    [InlineData(24L, 2L, 3L, 4L)]
    [InlineData(long.MaxValue, long.MaxValue, 1L)]
    [InlineData(1L << 62, 1L << 31, 1L << 31)]
    [InlineData(null, 1L << 32, 1L << 31)]
    [InlineData(null, 4L, -1L)]
    [InlineData(null, -1L, 0L)]
    public void A_count_is_the_product_of_the_dimensions_or_nothing(long? expected, params long[] dims)
    {
        var tensor = new TensorProto();
        tensor.Dims.AddRange(dims);
        Assert.Equal(expected, OnnxTensor.Count(tensor));
    }

    [Fact]
    public void A_tensor_is_needed()
    {
        Assert.Throws<ArgumentNullException>("tensor", () => OnnxTensor.Count(null!));
        Assert.Throws<ArgumentNullException>("tensor", () => OnnxTensor.Values(null!));
    }

    private static TensorProto Raw(DataType type, byte[] bytes, int count)
    {
        var tensor = new TensorProto { DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.Add(count);
        return tensor;
    }

    private static TensorProto Fields(DataType type, Action<TensorProto> fill)
    {
        var tensor = new TensorProto { DataType = (int)type };
        tensor.Dims.Add(2);
        fill(tensor);
        return tensor;
    }
}
