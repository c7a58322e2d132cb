using System.Numerics;
using System.Text;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Xunit;

namespace Quant.Core.Tests.Checkpoints;

public sealed class PickleReaderTests
{
    // Written by CPython 3.11: pickle.dumps({'a': [1, -2, 300, 2**40, 2**70], 'b': (True, None, 1.5), 'ü': b'\x00\xff', 's': {1}}, 0 and 4)
    [Theory]
    [InlineData("(dp0\nVa\np1\n(lp2\nI1\naI-2\naI300\naL1099511627776L\naL1180591620717411303424L\nasVb\np3\n(I01\nNF1.5\ntp4\nsV\u00fc\np5\nc_codecs\nencode\np6\n(V\u0000\u00ff\np7\nVlatin1\np8\ntp9\nRp10\nsVs\np11\nc__builtin__\nset\np12\n((lp13\nI1\natp14\nRp15\ns.")]
    [InlineData("\u0080\u0004\u0095\u0043\u0000\u0000\u0000\u0000\u0000\u0000\u0000}\u0094(\u008c\u0001a\u0094]\u0094(K\u0001J\u00fe\u00ff\u00ff\u00ffM,\u0001\u008a\u0006\u0000\u0000\u0000\u0000\u0000\u0001\u008a\u0009\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000@e\u008c\u0001b\u0094\u0088NG?\u00f8\u0000\u0000\u0000\u0000\u0000\u0000\u0087\u0094\u008c\u0002\u00c3\u00bc\u0094C\u0002\u0000\u00ff\u0094\u008c\u0001s\u0094\u008f\u0094(K\u0001\u0090u.")]
    public void Plain_values_of_old_and_new_protocols_are_read(string pickle)
    {
        var dict = Assert.IsType<PickleDict>(Read(pickle));
        Assert.Equal(["a", "b", "ü", "s"], dict.Keys);
        Assert.Equal([1L, -2L, 300L, 1L << 40, BigInteger.Pow(2, 70)], Assert.IsType<PickleList>(dict["a"]));
        Assert.Equal([true, null, 1.5], Assert.IsType<PickleTuple>(dict["b"]));
        Assert.Equal(new byte[] { 0, 255 }, dict["ü"]);
        Assert.Equal([1L], Assert.IsType<PickleList>(dict["s"]));
    }

    [Theory]
    [InlineData("S'a\\x41\\n\\'\\\\'\n.", "aA\n'\\")]
    [InlineData("S\"it's\"\n.", "it's")]
    [InlineData("V\\u20ac\\U0001f600\\n\n.", "€😀\\n")]
    [InlineData("U\u0002\u00e9b.", "éb")]
    [InlineData("T\u0001\0\0\0x.", "x")]
    public void Texts_of_old_protocols_are_read(string pickle, string expected) => Assert.Equal(expected, Read(pickle));

    [Theory]
    [InlineData("I00\n.", false)]
    [InlineData("I7\n.", 7L)]
    [InlineData("L-5L\n.", -5L)]
    [InlineData("\u008b\u0002\0\0\0\u00ff\u00ff.", -1L)]
    [InlineData("\u008a\0.", 0L)]
    [InlineData("F-1e-3\n.", -0.001)]
    [InlineData("Fnan\n.", double.NaN)]
    [InlineData("Finf\n.", double.PositiveInfinity)]
    [InlineData("K\u0001K\u00020.", 1L)]
    [InlineData("K\u0007(K\u0001K\u00021.", 7L)]
    [InlineData("K\u0007(0.", 7L)]
    public void Numbers_and_stack_operations_follow_CPython(string pickle, object expected) =>
        Assert.Equal(expected, Read(pickle));

    [Theory]
    [InlineData("posix", "system")]
    [InlineData("os", "system")]
    [InlineData("nt", "system")]
    [InlineData("subprocess", "Popen")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "exec")]
    [InlineData("builtins", "__import__")]
    [InlineData("builtins", "open")]
    [InlineData("builtins", "type")]
    [InlineData("builtins", "getattr.__call__")]
    [InlineData("importlib", "import_module")]
    [InlineData("runpy", "_run_code")]
    [InlineData("operator", "attrgetter")]
    [InlineData("functools", "partial")]
    [InlineData("pickle", "loads")]
    [InlineData("torch", "load")]
    [InlineData("torch.hub", "load")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch.nn.modules.conv", "Conv2d")]
    [InlineData("numpy.testing._private.utils", "runstring")]
    [InlineData("numpy", "load")]
    [InlineData("numpy.core.multiarray", "fromfile")]
    [InlineData("mmengine.config.config", "Config.fromfile")]
    [InlineData("mmengine.utils.misc", "import_modules_from_strings")]
    [InlineData("mmcv.utils.misc", "import_modules_from_strings")]
    [InlineData("collections", "namedtuple")]
    [InlineData("", "")]
    public void Any_other_global_is_refused_by_name(string module, string name)
    {
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, $"'{module}.{name}'", () => Read(new PickleBytes().Global(module, name).Raw("(").Text("echo").Raw("tR").Stop()));
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, $"'{module}.{name}'", () => Read(new PickleBytes(4).Text(module).Text(name).Raw([0x93]).Stop()));
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, $"'{module}.{name}'", () => Read(new PickleBytes(0).Raw("(").Raw($"i{module}\n{name}\n").Stop()));
    }

    [Fact]
    public void The_message_says_how_to_save_again() =>
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, "torch.save({'state_dict'", () => Read(new PickleBytes().Global("posix", "system").Stop()));

    [Fact]
    public void Getattr_is_only_the_HistoryBuffer_idiom()
    {
        static byte[] Getattr(string module, string name, string attribute) =>
            new PickleBytes().Global("__builtin__", "getattr").Global(module, name).Text(attribute).Raw([0x86]).Raw("R").Stop();
        Assert.Equal("mmengine.logging.history_buffer.HistoryBuffer.mean", Assert.IsType<PickleStub>(Read(Getattr("mmengine.logging.history_buffer", "HistoryBuffer", "mean"))).TypeName);
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, "builtins.getattr(torch.Tensor, '__class__')", () => Read(Getattr("torch", "Tensor", "__class__")));

        // getattr(getattr(HistoryBuffer, '__class__'), 'mro') and a call of what getattr gave.
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, "builtins.getattr", () => Read(new PickleBytes().Global("builtins", "getattr")
            .Global("builtins", "getattr").Global("mmengine.logging.history_buffer", "HistoryBuffer").Text("__class__").Raw([0x86]).Raw("R").Text("mro").Raw([0x86]).Raw("R").Stop()));
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, "HistoryBuffer.mean", () => Read(new PickleBytes()
            .Global("builtins", "getattr").Global("mmengine.logging.history_buffer", "HistoryBuffer").Text("mean").Raw([0x86]).Raw("R)R").Stop()));
    }

    [Fact]
    public void A_class_cannot_be_changed()
    {
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, "torch.device", () => Read(new PickleBytes().Global("torch", "device").Raw("}b").Stop()));
        Samples.Fails(DiagnosticCodes.PickleInvalid, "not a dict", () => Read(new PickleBytes().Global("torch", "device").Raw("NNs").Stop()));
        Samples.Fails(DiagnosticCodes.PickleInvalid, "not a list", () => Read(new PickleBytes().Global("torch", "device").Raw("Na").Stop()));
    }

    [Fact]
    public void Nested_states_stay_data()
    {
        var stub = Assert.IsType<PickleStub>(Read(new PickleBytes()
            .Global("mmengine.config.config", "ConfigDict").Raw(")").Raw([0x81]).Text("type").Text("SECOND").Raw("s")
            .Raw("}").Text("inner").Global("addict.addict", "Dict").Raw(")R}bs").Raw("b").Stop()));
        Assert.Equal("mmengine.config.config.ConfigDict", stub.TypeName);
        Assert.Equal("SECOND", stub.Entries["type"]);
        Assert.Equal("addict.addict.Dict", Assert.IsType<PickleStub>(Assert.IsType<PickleDict>(stub.State)["inner"]).TypeName);
    }

    [Theory]
    [InlineData("\u0082\u0001.")]
    [InlineData("\u0083\u0001\0.")]
    [InlineData("\u0084\u0001\0\0\0.")]
    public void Extension_codes_are_refused(string pickle) => Samples.Fails(DiagnosticCodes.PickleGlobalRefused, "extension", () => Read(pickle));

    [Theory]
    [InlineData("", "ends in the middle")]
    [InlineData(".", "more values")]
    [InlineData("K", "ends in the middle")]
    [InlineData("\u0080\u0006N.", "protocol 6")]
    [InlineData("\u0097.", "out-of-band")]
    [InlineData("N\u0098.", "out-of-band")]
    [InlineData("\u0000.", "0x00")]
    [InlineData("t.", "mark")]
    [InlineData("(a.", "more values")]
    [InlineData("](.", "more values")]
    [InlineData("N(s.", "more values")]
    [InlineData("h\u0005.", "memo 5")]
    [InlineData("g-1\n.", "memo number")]
    [InlineData("Nb.", "more values")]
    [InlineData("NNb.", "a state is set")]
    [InlineData("]K\u00012a.", "not a list")]
    [InlineData("}(Nu.", "without a value")]
    [InlineData("}]Ns.", "a container")]
    [InlineData("X\u00ff\u00ff\u00ff\u007fabc.", "longer than the")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffabc.", "longer than the")]
    [InlineData("B\u00ff\u00ff\u00ff\u00ffabc.", "longer than the")]
    [InlineData("T\u00ff\u00ff\u00ff\u00ffabc.", "negative")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc.", "longer than the")]
    [InlineData("\u008e\u0000\u0000\u0000\u0000\u0000\u0001\u0000\u0000abc.", "longer than the")]
    [InlineData("\u0096\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0080abc.", "longer than the")]
    [InlineData("\u0095\u00ff\u0000\u0000\u0000\u0000\u0000\u0000\u0000N.", "ends in the middle")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff.", "negative")]
    [InlineData("X\u0002\0\0\0\u00c3\u0028.", "not UTF-8")]
    [InlineData("Iabc\n.", "integer literal")]
    [InlineData("Fabc\n.", "float literal")]
    [InlineData("Sabc\n.", "string literal")]
    [InlineData("S'a\\\n.", "string literal")]
    [InlineData("V\\ud800\n.", "unicode literal")]
    [InlineData("Q.", "more values")]
    [InlineData("NQ.", "outside the pickle")]
    [InlineData("Pabc\n.", "outside the pickle")]
    [InlineData("NN\u0093.", "two short strings")]
    public void A_malformed_pickle_is_reported_with_its_place(string pickle, string problem)
    {
        var exception = Samples.Fails(DiagnosticCodes.PickleInvalid, problem, () => Read(pickle));
        Assert.Contains("at byte ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_integer_is_refused()
    {
        Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "integer of 100000 bytes", () => Read(new PickleBytes().Raw([0x8B, 0xA0, 0x86, 1, 0]).Raw(new byte[100_000]).Stop()));
        Samples.Fails(DiagnosticCodes.PickleInvalid, "line is longer", () => Read($"L{new string('9', 100_000)}L\n."));
    }

    [Fact]
    public void Deep_nesting_is_refused_and_does_not_exhaust_the_stack()
    {
        foreach (var (open, close) in new[] { ("]", "a"), ("(", "t"), ("(", "l"), ("}N", "s") })
        {
            var repeats = 1_000_000;
            var pickle = string.Concat(Enumerable.Repeat(open, repeats)) + "N" + string.Concat(Enumerable.Repeat(close, repeats)) + ".";
            Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "deep", () => Read(pickle));
        }

        var nested = new string(']', 200) + new string('a', 199) + ".";
        Assert.IsType<PickleList>(Read(nested));
        Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "more than 199 deep", () => PickleReader.Read(Encoding.Latin1.GetBytes(nested), "x.pkl", new PickleLimits { MaxDepth = 199 }));
    }

    [Theory]
    [InlineData("]q\0h\0a.")]
    [InlineData("]q\0(h\0tq\u0001a.")]
    [InlineData("}q\0Nh\0s.")]
    [InlineData("(]q\0}Nh\0sat.")]
    public void A_container_in_itself_is_refused(string pickle) => Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "contains itself", () => Read(pickle));

    [Fact]
    public void Shared_containers_are_shared_and_not_unfolded()
    {
        // "Billion laughs": each list holds the one before twice. 2^100 leaves when unfolded, 100 lists in truth.
        var pickle = new StringBuilder("]q\0");
        for (var level = 1; level < 100; level++)
        {
            pickle.Append(System.Globalization.CultureInfo.InvariantCulture, $"](h{(char)(level - 1)}h{(char)(level - 1)}eq{(char)level}");
        }

        var top = Assert.IsType<PickleList>(Read(pickle + "."));
        Assert.Same(top[0], top[1]);
        Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "deep", () => PickleReader.Read(Encoding.Latin1.GetBytes(pickle + "."), "x.pkl", new PickleLimits { MaxDepth = 99 }));
    }

    [Fact]
    public void The_number_of_values_is_bounded() =>
        Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "more than 1000 values", () => PickleReader.Read(Encoding.Latin1.GetBytes(new string('N', 1001) + "."), "x.pkl", new PickleLimits { MaxObjects = 1000 }));

    [Fact]
    public void A_text_that_is_encoded_again_and_again_is_refused()
    {
        // 1 MB of text and 7 bytes per further copy.
        var pickle = new PickleBytes().Text(new string('a', 1 << 20)).Raw("q\0").Text("latin1").Raw("q\u0001").Global("_codecs", "encode").Raw("q\u0002");
        for (var copy = 0; copy < 200; copy++)
        {
            pickle.Raw("h\u0002h\0h\u0001\u0086R");
        }

        Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "unfolds", () => Read(pickle.Stop()));
    }

    [Fact]
    public void A_long_key_that_is_hashed_again_and_again_is_refused()
    {
        var pickle = new PickleBytes().Text(new string('k', 1 << 20)).Raw("q\0}").Raw(string.Concat(Enumerable.Range(0, 20).Select(key => $"K{(char)key}Ns")));
        for (var repeat = 0; repeat < 20_000; repeat++)
        {
            pickle.Raw("h\0Ns");
        }

        Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "unfolds", () => Read(pickle.Stop()));
    }

    [Fact]
    public void A_dict_keeps_order_and_the_last_value_of_a_key()
    {
        var items = string.Concat(Enumerable.Range(0, 50).Select(key => $"K{(char)key}K{(char)(key + 1)}"));
        var dict = Assert.IsType<PickleDict>(Read($"}}({items}K\u0003N\u0088NNN(tNC\u0001aNu."));
        Assert.Equal(Enumerable.Range(0, 50).Select(key => (object)(long)key), dict.Take(50).Select(item => item.Key!));
        Assert.True(dict.TryGet(3L, out var replaced));
        Assert.Null(replaced);
        Assert.True(dict.TryGet(49L, out var last));
        Assert.Equal(50L, last);
        Assert.True(dict.TryGet(null, out _));
        Assert.True(dict.TryGet("a"u8.ToArray(), out _));
        Assert.False(dict.TryGet("absent", out _));
        Assert.Throws<KeyNotFoundException>(() => dict["absent"]);
    }

    [Fact]
    public void Collections_of_the_standard_library_become_dicts_and_lists()
    {
        var list = Assert.IsType<PickleList>(Read(new PickleBytes().Raw("](")
            .Global("collections", "OrderedDict").Raw("(](](").Text("a").Integer(1).Raw("eetR")
            .Global("collections", "defaultdict").Global("builtins", "list").Raw([0x85]).Raw("R").Text("b").Integer(2).Raw("s")
            .Global("builtins", "frozenset").Raw("(](").Integer(3).Raw("etR")
            .Global("copy_reg", "_reconstructor").Raw("(").Global("mmcv.utils.config", "ConfigDict").Global("__builtin__", "dict").Raw("}tR")
            .Global("torch", "Size").Raw("((").Integer(4).Raw("ttR")
            .Global("torch", "float32")
            .Global("torch", "device").Text("cuda").Integer(0).Raw([0x86]).Raw("R")
            .Raw("e").Stop()));
        Assert.Equal(1L, Assert.IsType<PickleDict>(list[0])["a"]);
        Assert.Equal(2L, Assert.IsType<PickleDict>(list[1])["b"]);
        Assert.Equal([3L], Assert.IsType<PickleList>(list[2]));
        Assert.Equal("mmcv.utils.config.ConfigDict", Assert.IsType<PickleStub>(list[3]).TypeName);
        Assert.Equal([4L], Assert.IsType<PickleTuple>(list[4]));
        Assert.Equal("torch.float32", Assert.IsType<PickleStub>(list[5]).TypeName);
        Assert.Equal(["cuda", 0L], Assert.IsType<PickleStub>(list[6]).Arguments);
    }

    [Fact]
    public void Nested_subclass_rebuilding_is_refused() =>
        Samples.Fails(DiagnosticCodes.PickleGlobalRefused, "_rebuild_from_type_v2", () => Read(new PickleBytes()
            .Global("torch._tensor", "_rebuild_from_type_v2").Raw("q\0(h\0NNNtR").Stop()));

    [Fact]
    public void A_stream_is_read_from_its_position()
    {
        using var stream = new MemoryStream("xxK\u0007.rest"u8.ToArray()) { Position = 2 };
        Assert.Equal(7L, PickleReader.Read(stream, "x.pkl"));
    }

    private static object? Read(string pickle) => Read(Encoding.Latin1.GetBytes(pickle));

    private static object? Read(byte[] pickle) => PickleReader.Read(pickle, "x.pkl");
}
