using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Xunit;

namespace Quant.Core.Tests.Checkpoints;

public sealed class NumpyArrayTests
{
    [Theory]
    [InlineData("f8", "<", "\0\0\0\0\0\0\u00f8\u003f", 1.5)]
    [InlineData("f8", ">", "\u003f\u00f8\0\0\0\0\0\0", 1.5)]
    [InlineData("f4", "<", "\0\0\u00c0\u003f", 1.5)]
    [InlineData("f4", ">", "\u003f\u00c0\0\0", 1.5)]
    [InlineData("f2", "<", "\0\u003e", 1.5)]
    [InlineData("i1", "|", "\u00ff", -1)]
    [InlineData("i2", ">", "\u0001\u0000", 256)]
    [InlineData("i4", "<", "\u00fe\u00ff\u00ff\u00ff", -2)]
    [InlineData("i8", "<", "\u0007\0\0\0\0\0\0\0", 7)]
    [InlineData("u1", "|", "\u00ff", 255)]
    [InlineData("u2", "<", "\u00ff\u00ff", 65535)]
    [InlineData("u4", ">", "\u0080\0\0\0", 2147483648)]
    [InlineData("u8", "<", "\0\0\0\0\0\0\0\u0080", 9223372036854775808d)]
    [InlineData("b1", "|", "\u0001", 1)]
    public void Every_number_type_is_converted(string type, string order, string data, double expected)
    {
        var array = Assert.IsType<NumpyArray>(Read(Array(type, order, data, 1)));
        Assert.Equal([expected], array.ToDoubles());
        Assert.Equal([(float)expected], array.ToFloat32());
        if (type[0] != 'f' && expected <= long.MaxValue / 2)
        {
            Assert.Equal([(long)expected], array.ToInt64());
        }
        else
        {
            Samples.Fails(DiagnosticCodes.PickleInvalid, "does not hold integers", () => array.ToInt64());
        }
    }

    [Fact]
    public void Fortran_order_is_undone()
    {
        var array = Assert.IsType<NumpyArray>(Read(Array("i1", "|", "\u0001\u0004\u0002\u0005\u0003\u0006", [2, 3], fortran: true)));
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], array.ToInt64());
    }

    [Fact]
    public void Texts_and_objects_are_kept()
    {
        var texts = Assert.IsType<NumpyArray>(Read(Array("U3", "<", "c\0\0\0a\0\0\0r\0\0\0\u00e9\0\0\0\0\0\0\0\0\0\0\0", 2, itemSize: 12)));
        Assert.Equal(["car", "é"], texts.ToStrings());
        Assert.Equal("<U3", texts.DType);
        Samples.Fails(DiagnosticCodes.PickleInvalid, "does not hold numbers", () => texts.ToDoubles());
        var names = Assert.IsType<NumpyArray>(Read(Array("S4", "|", "bus\0van\0", 2, itemSize: 4)));
        Assert.Equal(["bus", "van"], names.ToStrings());
        var objects = Assert.IsType<NumpyArray>(Read(State(Reconstruct(), "O8", "|", [2], false, p => p.Raw("](").Text("car").Raw("Ne"))));
        Assert.Equal(["car", null], objects.ToObjects());
        Samples.Fails(DiagnosticCodes.PickleInvalid, "does not hold texts", () => objects.ToStrings());
    }

    [Fact]
    public void Empty_and_scalar_arrays_have_their_count()
    {
        Assert.Empty(Assert.IsType<NumpyArray>(Read(Array("f4", "<", "", [0, 7]))).ToFloat32());
        var scalar = Assert.IsType<NumpyArray>(Read(Array("f4", "<", "\0\0\u00c0\u003f", [])));
        Assert.Equal(1, scalar.Count);
        Assert.Equal([1.5], scalar.ToDoubles());
        Assert.Empty(Assert.IsType<NumpyArray>(Read(Reconstruct().Stop())).ToDoubles());
    }

    [Fact]
    public void A_scalar_is_a_plain_value()
    {
        static object? Scalar(string type, string data) => Read(DType(new PickleBytes().Global("numpy._core.multiarray", "scalar"), type, "<").Raw([0x43, (byte)data.Length]).Raw(data).Raw([0x86]).Raw("R").Stop());
        Assert.Equal(1.5, Scalar("f8", "\0\0\0\0\0\0\u00f8\u003f"));
        Assert.Equal(-2L, Scalar("i4", "\u00fe\u00ff\u00ff\u00ff"));
        Assert.Equal(true, Scalar("b1", "\u0001"));
        Assert.IsType<PickleStub>(Scalar("f16", new string('\0', 16)));
        Samples.Fails(DiagnosticCodes.PickleInvalid, "does not fit", () => Scalar("f8", "\0"));
    }

    [Fact]
    public void Protocol_5_buffers_are_read()
    {
        var pickle = DType(new PickleBytes(5).Global("numpy._core.numeric", "_frombuffer").Raw("(").Raw([0x96, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), "i1", "|").Raw("(K\u0002K\u0002t").Text("F").Raw("tR").Stop();
        Assert.Equal([1, 3, 2, 4], Assert.IsType<NumpyArray>(Read(pickle)).ToInt64());
    }

    [Theory]
    [InlineData("f4", 3L, 8)]
    [InlineData("f4", 2L, 9)]
    [InlineData("f4", -1L, 4)]
    [InlineData("f4", long.MaxValue, 4)]
    [InlineData("U0", 1000000000000L, 0)]
    [InlineData("O8", 4L, 4)]
    public void An_array_must_fit_its_data(string type, long count, int bytes) =>
        Samples.Fails(DiagnosticCodes.PickleInvalid, "numpy array", () => Read(Array(type, "<", new string('\0', bytes), [count])));

    [Fact]
    public void An_element_type_that_is_changed_afterwards_does_not_reach_the_array()
    {
        // dtype U1 is memoized, used for an array of one element, and then given an item size of 400.
        var pickle = DType(Reconstruct().Raw("(K\u0001K\u0001").Raw([0x85]), "U1", "<", itemSize: 4).Raw("q\u0009").Raw([0x89]).Raw([0x43, 4]).Raw("a\0\0\0").Raw("tb")
            .Raw("q\u0008").Raw("0h\u0009").Raw("(K\u0003").Text("<").Raw("NNN").Integer(400).Integer(4).Raw("tb0h\u0008").Stop();
        Assert.Equal(["a"], Assert.IsType<NumpyArray>(Read(pickle)).ToStrings());
    }

    [Fact]
    public void An_object_array_in_itself_is_refused() =>
        Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "contains itself", () => Read(State(Reconstruct().Raw("q\u0009"), "O8", "|", [1], false, p => p.Raw("]h\u0009a"))));

    [Theory]
    [InlineData("")]
    [InlineData("f-8")]
    [InlineData("f8f8")]
    [InlineData("f99999999999")]
    [InlineData("<>f8")]
    public void A_wrong_element_type_is_reported(string type) =>
        Samples.Fails(DiagnosticCodes.PickleInvalid, "is not an element type", () => Read(new PickleBytes().Global("numpy", "dtype").Text(type).Raw([0x85]).Raw("R").Stop()));

    private static object? Read(byte[] pickle) => PickleReader.Read(pickle, "infos.pkl");

    private static byte[] Array(string type, string order, string data, long count, long itemSize = -1) => Array(type, order, data, [count], false, itemSize);

    private static byte[] Array(string type, string order, string data, long[] shape, bool fortran = false, long itemSize = -1) =>
        State(Reconstruct(), type, order, shape, fortran, p => p.Raw([0x43, (byte)data.Length]).Raw(data), itemSize);

    private static PickleBytes Reconstruct() =>
        new PickleBytes(3).Global("numpy.core.multiarray", "_reconstruct").Global("numpy", "ndarray").Raw("K\0").Raw([0x85]).Raw("C\u0001b").Raw([0x87]).Raw("R");

    private static byte[] State(PickleBytes array, string type, string order, long[] shape, bool fortran, Action<PickleBytes> data, long itemSize = -1)
    {
        DType(array.Raw("(K\u0001").Integers(shape), type, order, itemSize).Raw([(byte)(fortran ? 0x88 : 0x89)]);
        data(array);
        return array.Raw("tb").Stop();
    }

    private static PickleBytes DType(PickleBytes pickle, string type, string order, long itemSize = -1) =>
        pickle.Global("numpy", "dtype").Text(type).Raw([0x89, 0x88, 0x87]).Raw("R(K\u0003").Text(order).Raw("NNN").Integer(itemSize).Integer(-1).Raw("K\0tb");
}
