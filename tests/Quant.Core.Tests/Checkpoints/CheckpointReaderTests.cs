using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Xunit;

namespace Quant.Core.Tests.Checkpoints;

public sealed class CheckpointReaderTests
{
    private static readonly float[] Six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void Every_storage_type_is_converted_to_float()
    {
        var cases = new (string Storage, DType Type, byte[] Bytes, float[] Expected)[]
        {
            ("FloatStorage", DType.Float32, Bytes<float>(1.5f, float.NegativeInfinity), [1.5f, float.NegativeInfinity]),
            ("DoubleStorage", DType.Float64, Bytes(0.1, 1e300), [0.1f, float.PositiveInfinity]),
            ("HalfStorage", DType.Float16, Bytes<ushort>(0x3C00, 0xFBFF, 0x0001), [1, -65504, 5.9604645e-8f]),
            ("BFloat16Storage", DType.BFloat16, Bytes<ushort>(0x3F80, 0xC049), [1, -3.140625f]),
            ("LongStorage", DType.Int64, Bytes(long.MinValue, 16777217), [-9223372036854775808f, 16777216]),
            ("IntStorage", DType.Int32, Bytes(-7, int.MaxValue), [-7, 2147483648f]),
            ("ShortStorage", DType.Int16, Bytes<short>(-300, 300), [-300, 300]),
            ("CharStorage", DType.Int8, Bytes<sbyte>(-128, 127), [-128, 127]),
            ("ByteStorage", DType.UInt8, Bytes<byte>(255, 0), [255, 0]),
            ("BoolStorage", DType.Bool, Bytes<byte>(0, 1, 2), [0, 1, 1]),
        };
        foreach (var (storage, type, bytes, expected) in cases)
        {
            var pickle = PickleBytes.DictOf("x", p => p.Tensor(storage, "0", expected.Length, 0, [expected.Length], [1]));
            using var checkpoint = Read(ZipBytes.Torch(pickle, ("0", bytes)));
            var tensor = checkpoint.StateDict["x"];
            Assert.Equal(type, tensor.DType);
            Assert.Equal(expected, tensor.ToFloat32());
        }
    }

    [Fact]
    public void Integers_are_exact_and_floats_are_not_taken_for_integers()
    {
        var pickle = new PickleBytes().Raw("}(")
            .Text("a").Tensor("LongStorage", "0", 2, 0, [2], [1])
            .Text("b").Tensor("FloatStorage", "1", 1, 0, [], [])
            .Raw("u").Stop();
        using var checkpoint = Read(ZipBytes.Torch(pickle, ("0", Bytes(long.MaxValue, 16777217)), ("1", Bytes(2.5f))));
        Assert.Equal([long.MaxValue, 16777217], checkpoint.StateDict["a"].ToInt64());
        Assert.Empty(checkpoint.StateDict["b"].Shape);
        Assert.Equal(1, checkpoint.StateDict["b"].Count);
        Assert.Equal([2.5f], checkpoint.StateDict["b"].ToFloat32());
        Samples.Fails(DiagnosticCodes.TensorInvalid, "Float32", () => checkpoint.StateDict["b"].ToInt64());
    }

    [Fact]
    public void Views_of_one_storage_keep_their_own_order()
    {
        var pickle = new PickleBytes().Raw("}(")
            .Text("whole").Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1])
            .Text("transposed").Tensor("FloatStorage", "0", 6, 0, [3, 2], [1, 3])
            .Text("column").Tensor("FloatStorage", "0", 6, 2, [2], [3])
            .Text("expanded").Tensor("FloatStorage", "0", 6, 5, [2, 2], [0, 0])
            .Text("one").Tensor("FloatStorage", "0", 6, 4, [1, 1, 1], [99, long.MaxValue, 7])
            .Text("none").Tensor("FloatStorage", "0", 6, 6, [0, 4], [4, 1])
            .Raw("u").Stop();
        using var checkpoint = Read(ZipBytes.Torch(pickle, ("0", Bytes(Six))));
        Assert.Equal(Six, checkpoint.StateDict["whole"].ToFloat32());
        Assert.Equal([1, 4, 2, 5, 3, 6], checkpoint.StateDict["transposed"].ToFloat32());
        Assert.Equal([3, 6], checkpoint.StateDict["column"].ToFloat32());
        Assert.Equal([6, 6, 6, 6], checkpoint.StateDict["expanded"].ToFloat32());
        Assert.Equal([5], checkpoint.StateDict["one"].ToFloat32());
        Assert.Empty(checkpoint.StateDict["none"].ToFloat32());
        Assert.Equal(["whole", "transposed", "column", "expanded", "one", "none"], checkpoint.StateDict.Keys);
    }

    [Theory]
    [InlineData("torch.float64", 3)]
    [InlineData("torch.bfloat16", 12)]
    public void An_untyped_storage_takes_the_type_of_its_tensor(string type, long count)
    {
        var pickle = PickleBytes.DictOf("x", p => p.Global("torch._utils", "_rebuild_tensor_v3").Raw("(").Storage("UntypedStorage", "0", 24, "torch.storage")
            .Integer(0).Integers(count).Integers(1).Raw([0x89]).Global("collections", "OrderedDict").Raw(")R").Global("torch", type["torch.".Length..]).Raw("tR"));
        using var checkpoint = Read(ZipBytes.Torch(pickle, ("0", new byte[24])));
        Assert.Equal(count, checkpoint.StateDict["x"].ToFloat32().Length);
    }

    [Fact]
    public void Parameters_and_tensor_subclasses_are_their_tensors()
    {
        var pickle = new PickleBytes().Raw("}(")
            .Text("parameter").Global("torch._utils", "_rebuild_parameter").Raw("(").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Raw([0x88]).Global("collections", "OrderedDict").Raw(")RtR")
            .Text("subclass").Global("torch._tensor", "_rebuild_from_type_v2").Raw("(").Global("torch._utils", "_rebuild_tensor_v2").Global("torch.nn.parameter", "Parameter")
            .Raw("(").Storage("FloatStorage", "0", 6).Integer(0).Integers(6).Integers(1).Raw([0x89]).Global("collections", "OrderedDict").Raw(")Rt}tR")
            .Raw("u").Stop();
        using var checkpoint = Read(ZipBytes.Torch(pickle, ("0", Bytes(Six))));
        Assert.Equal(Six, checkpoint.StateDict["parameter"].ToFloat32());
        Assert.Equal(Six, checkpoint.StateDict["subclass"].ToFloat32());
    }

    [Fact]
    public void The_three_containers_are_told_apart()
    {
        using var raw = Read(ZipBytes.Torch(Floats("w"), ("0", Bytes(Six))));
        Assert.Equal("raw", raw.Container);

        using var bare = Read(ZipBytes.Torch(new PickleBytes().Raw("}").Text("state_dict").Raw("}").Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Raw("ss").Stop(), ("0", Bytes(Six))));
        Assert.Equal("state_dict", bare.Container);
        Assert.Empty(bare.Meta);
        Assert.Null(bare.ClassNames);

        using var full = Read(ZipBytes.Torch(
            new PickleBytes().Raw("}(")
                .Text("meta").Raw("}(").Text("epoch").Integer(12).Text("lr").Raw("G\x3F\xF8\0\0\0\0\0\0").Text("amp").Raw([0x88]).Text("mmdet_version").Text("2.28")
                .Text("config").Text("model = dict()").Text("CLASSES").Raw("(").Text("car").Text("truck").Raw("tu")
                .Text("state_dict").Raw("}").Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Raw("su").Stop(),
            ("0", Bytes(Six))));
        Assert.Equal("mmengine", full.Container);
        Assert.Equal("model = dict()", full.ConfigText);
        Assert.Equal(["car", "truck"], full.ClassNames);
        Assert.Equal(
            new Dictionary<string, string> { ["epoch"] = "12", ["lr"] = "1.5", ["amp"] = "true", ["mmdet_version"] = "2.28" },
            full.Meta);
    }

    [Fact]
    public void The_text_of_an_mmcv_config_object_is_found()
    {
        // What mmcv 1.x leaves: Config made by copyreg.__newobj__ with the state (dict, file name, text).
        var pickle = new PickleBytes().Raw("}(")
            .Text("meta").Raw("}").Text("cfg").Global("mmcv.utils.config", "Config").Raw(")").Raw([0x81])
            .Raw("(").Global("mmcv.utils.config", "ConfigDict").Raw(")").Raw([0x81]).Raw("(").Text("type").Text("CenterPoint").Raw("u").Raw("}b").Text("a.py").Text("type = 'CenterPoint'").Raw("tbs")
            .Text("state_dict").Raw("}").Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Raw("su").Stop();
        using var checkpoint = Read(ZipBytes.Torch(pickle, ("0", Bytes(Six))));
        Assert.Equal("type = 'CenterPoint'", checkpoint.ConfigText);
    }

    [Fact]
    public void A_prefix_of_DataParallel_goes_only_when_all_keys_have_it()
    {
        byte[] Pickle(string second) => new PickleBytes().Raw("}(")
            .Text("module.a").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Text(second).Tensor("FloatStorage", "0", 6, 0, [6], [1]).Raw("u").Stop();
        using var all = Read(ZipBytes.Torch(Pickle("module.b"), ("0", Bytes(Six))));
        Assert.Equal(["a", "b"], all.StateDict.Keys);
        using var some = Read(ZipBytes.Torch(Pickle("b"), ("0", Bytes(Six))));
        Assert.Equal(["module.a", "b"], some.StateDict.Keys);
    }

    [Fact]
    public void Quantizer_ranges_of_a_PTQ_file_are_ordinary_keys()
    {
        var pickle = new PickleBytes().Raw("}").Text("state_dict").Raw("}(")
            .Text("pts_backbone.blocks.0.0._input_quantizer._amax").Tensor("FloatStorage", "0", 6, 0, [], [])
            .Text("pts_backbone.blocks.0.0._weight_quantizer._amax").Tensor("FloatStorage", "0", 6, 0, [6, 1, 1, 1], [1, 1, 1, 1])
            .Text("pts_backbone.blocks.0.0._extra_state").Raw("N").Raw("us").Stop();
        using var checkpoint = Read(ZipBytes.Torch(pickle, ("0", Bytes(Six))));
        Assert.Equal(2, checkpoint.StateDict.Count);
        Assert.Equal([6, 1, 1, 1], checkpoint.StateDict["pts_backbone.blocks.0.0._weight_quantizer._amax"].Shape);
    }

    [Fact]
    public void The_old_format_is_read()
    {
        using var checkpoint = Read(Legacy(Floats("w")));
        Assert.Equal(Six, checkpoint.StateDict["w"].ToFloat32());
    }

    [Fact]
    public void The_old_format_reports_what_is_wrong()
    {
        var good = Legacy(Floats("w"));
        Samples.Fails(DiagnosticCodes.CheckpointDamaged, "ends inside storage '0'", () => Read(good[..^1]));
        var otherCount = good.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(otherCount.AsSpan(good.Length - 32), 7);
        Samples.Fails(DiagnosticCodes.TensorInvalid, "holds 7", () => Read(otherCount));
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, "big-endian", () => Read(Legacy(Floats("w"), littleEndian: false)));
        Samples.Fails(DiagnosticCodes.TensorInvalid, "'1'", () => Read(Legacy(Floats("w"), key: "1")));
    }

    [Fact]
    public void An_expanded_tensor_may_not_unfold_without_bound()
    {
        Samples.Fails(DiagnosticCodes.TensorInvalid, ".clone()", () => ReadTensor(0, [1 << 15, 1 << 15], [0, 0]));
    }

    [Theory]
    [InlineData(1, new long[] { 6 }, new long[] { 1 }, "reaches element 6")]
    [InlineData(0, new long[] { 3, 2 }, new long[] { 2, 2 }, "reaches element 6")]
    [InlineData(0, new long[] { long.MaxValue, 2 }, new long[] { 1, 1 }, "more than 2^63")]
    [InlineData(0, new long[] { 2 }, new long[] { long.MaxValue }, "reaches element 9223372036854775807")]
    [InlineData(0, new long[] { 3, 3 }, new long[] { long.MaxValue, long.MaxValue }, "reaches element")]
    [InlineData(-1, new long[] { 1 }, new long[] { 1 }, "negative")]
    [InlineData(0, new long[] { -1 }, new long[] { 1 }, "negative")]
    [InlineData(5, new long[] { 6 }, new long[] { -1 }, "negative")]
    [InlineData(0, new long[] { 6 }, new long[] { 1, 1 }, "2 strides")]
    public void A_tensor_must_fit_its_storage(long offset, long[] shape, long[] strides, string problem) =>
        Samples.Fails(DiagnosticCodes.TensorInvalid, problem, () => ReadTensor(offset, shape, strides));

    [Fact]
    public void A_storage_must_agree_with_its_record()
    {
        Samples.Fails(DiagnosticCodes.TensorInvalid, "has 20 bytes", () => Read(ZipBytes.Torch(Floats("w"), ("0", new byte[20]))));
        Samples.Fails(DiagnosticCodes.TensorInvalid, "data/0", () => Read(ZipBytes.Torch(Floats("w"), ("1", new byte[24]))));
        Samples.Fails(DiagnosticCodes.TensorInvalid, "-6 elements", () => Read(ZipBytes.Torch(PickleBytes.DictOf("w", p => p.Tensor("FloatStorage", "0", -6, 0, [0], [1])), ("0", new byte[24]))));
        Samples.Fails(DiagnosticCodes.TensorInvalid, "4611686018427387904", () => Read(ZipBytes.Torch(PickleBytes.DictOf("w", p => p.Tensor("FloatStorage", "0", 1L << 62, 0, [0], [1])), ("0", []))));
    }

    [Fact]
    public void A_complex_tensor_matters_only_in_the_state_dict()
    {
        byte[] Pickle(string name) => new PickleBytes().Raw("}(")
            .Text("state_dict").Raw("}").Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Raw("s")
            .Text(name).Raw("}").Text("c").Tensor("ComplexFloatStorage", "9", 6, 0, [6], [1]).Raw("su").Stop();
        using var checkpoint = Read(ZipBytes.Torch(Pickle("optimizer"), ("0", Bytes(Six))));
        Assert.Equal(["w"], checkpoint.StateDict.Keys);
        Samples.Fails(DiagnosticCodes.TensorInvalid, "'c' is a torch.ComplexFloatStorage", () => Read(ZipBytes.Torch(Pickle("state_dict"), ("0", Bytes(Six)))));
    }

    [Fact]
    public void A_container_without_a_state_dict_names_what_it_holds()
    {
        Samples.Fails(DiagnosticCodes.StateDictNotFound, "'model', 'epoch'", () => Read(ZipBytes.Torch(new PickleBytes().Raw("}(").Text("model").Raw("}").Text("epoch").Integer(3).Raw("u").Stop())));
        Samples.Fails(DiagnosticCodes.StateDictNotFound, "a list and not a dict", () => Read(ZipBytes.Torch(new PickleBytes().Raw("]").Stop())));
        Samples.Fails(DiagnosticCodes.StateDictNotFound, "empty", () => Read(ZipBytes.Torch(PickleBytes.DictOf("state_dict", p => p.Raw("}")))));
        var two = Samples.Fails(DiagnosticCodes.StateDictNotFound, "'a' to 7", () => Read(ZipBytes.Torch(PickleBytes.DictOf("state_dict", p => p.Raw("}(").Text("a").Integer(7).Integer(8).Raw("Nu")))));
        Assert.Equal(2, two.Diagnostics.Count);
    }

    [Fact]
    public void A_recursive_optimizer_does_no_harm()
    {
        var pickle = new PickleBytes().Raw("}(").Text("optimizer").Raw("]q\x07h\x07").Raw("a")
            .Text("state_dict").Raw("}").Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Raw("su").Stop();
        using var checkpoint = Read(ZipBytes.Torch(pickle, ("0", Bytes(Six))));
        Assert.Equal(Six, checkpoint.StateDict["w"].ToFloat32());
    }

    [Fact]
    public void A_missing_key_is_reported_with_its_name()
    {
        using var checkpoint = Read(ZipBytes.Torch(Floats("w"), ("0", Bytes(Six))));
        Samples.Fails(DiagnosticCodes.StateDictMismatch, "'v'", () => _ = checkpoint.StateDict["v"]);
        Assert.False(checkpoint.StateDict.TryGet("v", out _));
        Assert.True(checkpoint.StateDict.TryGet("w", out _));
    }

    [Fact]
    public void A_tensor_of_a_closed_file_is_not_read()
    {
        var checkpoint = Read(ZipBytes.Torch(Floats("w"), ("0", Bytes(Six))));
        var tensor = checkpoint.StateDict["w"];
        checkpoint.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tensor.ToFloat32());
    }

    [Fact]
    public void A_flipped_bit_in_a_weight_is_found_when_it_is_read()
    {
        var file = ZipBytes.Torch(Floats("w"), ("0", Bytes(Six)));
        var place = file.AsSpan().IndexOf(Bytes(Six));
        file[place + 3] ^= 1;
        using var checkpoint = Read(file);
        Samples.Fails(DiagnosticCodes.CheckpointDamaged, "root/data/0", () => checkpoint.StateDict["w"].ToFloat32());
    }

    [Fact]
    public void Tensors_made_in_memory_are_copies()
    {
        var values = Six.ToArray();
        var tensor = CheckpointTensor.FromFloat32(values, 2, 3);
        values[0] = 9;
        Assert.Equal(Six, tensor.ToFloat32());
        Assert.Equal([2, 3], tensor.Shape);
        Assert.Equal([5], CheckpointTensor.FromInt64([5]).ToInt64());
        Assert.Throws<ArgumentException>(() => CheckpointTensor.FromFloat32(values, 7));
        Assert.Throws<ArgumentException>(() => CheckpointTensor.FromFloat32(values, -2, -3));
    }

    internal static byte[] Floats(string name) => PickleBytes.DictOf(name, p => p.Tensor("FloatStorage", "0", 6, 0, [6], [1]));

    internal static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    internal static Checkpoint Read(byte[] file) => CheckpointReader.Read(Samples.TemporaryFile(file));

    internal static byte[] Legacy(byte[] pickle, bool littleEndian = true, string key = "0", float[]? values = null) =>
    [
        .. new PickleBytes().Integer(System.Numerics.BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture)).Stop(),
        .. new PickleBytes().Raw("M").Raw(Bytes<ushort>(1001)).Stop(),
        .. new PickleBytes().Raw("}").Text("little_endian").Raw([(byte)(littleEndian ? 0x88 : 0x89)]).Raw("s").Stop(),
        .. pickle,
        .. new PickleBytes().Raw("]").Text(key).Raw("a").Stop(),
        .. Bytes((long)(values ?? Six).Length),
        .. Bytes(values ?? Six),
    ];

    private static Checkpoint ReadTensor(long offset, long[] shape, long[] strides) =>
        Read(ZipBytes.Torch(PickleBytes.DictOf("w", p => p.Tensor("FloatStorage", "0", 6, offset, shape, strides)), ("0", Bytes(Six))));
}
