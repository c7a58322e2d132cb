using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Xunit;

namespace Quant.Core.Tests.Checkpoints;

/// <summary>Whatever the bytes: a value or a diagnostic, never another exception, and never memory out of proportion.</summary>
public sealed class FuzzTests
{
    private const long AllowedBytes = 256 << 20;

    [Fact]
    public void Mutated_pickles_give_a_value_or_a_diagnostic()
    {
        var seeds = Seeds();
        Mutate(seeds, rounds: 6000, bytes =>
        {
            var value = PickleReader.Read(bytes, "x.pkl");
            Walk(value);
        });
    }

    [Fact]
    public void Mutated_checkpoints_give_tensors_or_a_diagnostic()
    {
        var path = Samples.TemporaryPath();
        var weights = CheckpointReaderTests.Bytes<float>(1, 2, 3, 4, 5, 6);
        byte[][] seeds =
        [
            new ZipBytes().Add("root/data.pkl", CheckpointReaderTests.Floats("w"), crc: 0).Add("root/data/0", weights, crc: 0).Finish(),
            new ZipBytes { Zip64 = true }.Add("root/data.pkl", CheckpointReaderTests.Floats("w"), crc: 0).Add("root/data/0", weights, crc: 0).Finish(),
            new ZipBytes().Add("root/data.pkl", CheckpointReaderTests.Floats("w"), deflate: true, crc: 0).Add("root/data/0", weights, deflate: true, crc: 0).Finish(),
            CheckpointReaderTests.Legacy(CheckpointReaderTests.Floats("w")),
        ];
        Mutate(seeds, rounds: 4000, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            using var checkpoint = CheckpointReader.Read(path);
            foreach (var (_, tensor) in checkpoint.StateDict)
            {
                Assert.Equal(tensor.Count, tensor.ToFloat32().LongLength);
            }
        });
    }

    [Fact]
    public void Random_opcodes_give_a_value_or_a_diagnostic()
    {
        var opcodes = Enum.GetValues<PickleOpcodeName>().Select(name => (byte)name).ToArray();
        var random = new Random(20260101);
        var bytes = new byte[64];
        for (var round = 0; round < 20_000; round++)
        {
            for (var index = 0; index < bytes.Length; index++)
            {
                bytes[index] = random.Next(4) == 0 ? (byte)random.Next(8) : opcodes[random.Next(opcodes.Length)];
            }

            OnlyDiagnostics(bytes, data => Walk(PickleReader.Read(data, "x.pkl")));
        }
    }

    /// <summary>The opcodes that build and call, without those that take a length.</summary>
    private enum PickleOpcodeName : byte
    {
        Mark = (byte)'(', None = (byte)'N', BinInt1 = (byte)'K', EmptyList = (byte)']', EmptyDict = (byte)'}', EmptyTuple = (byte)')',
        Append = (byte)'a', Appends = (byte)'e', SetItem = (byte)'s', SetItems = (byte)'u', Tuple = (byte)'t', Tuple1 = 0x85, Tuple2 = 0x86, Dup = (byte)'2',
        Pop = (byte)'0', BinPut = (byte)'q', BinGet = (byte)'h', Memoize = 0x94, List = (byte)'l', Dict = (byte)'d', EmptySet = 0x8F, AddItems = 0x90,
        Stop = (byte)'.', Reduce = (byte)'R', Build = (byte)'b', NewObj = 0x81, True = 0x88, PopMark = (byte)'1',
    }

    private static byte[][] Seeds() =>
    [
        new PickleBytes().Raw("}(").Text("a").Raw("](").Integer(1).Integer(1L << 40).Raw("NG\x3F\xF8\0\0\0\0\0\0e").Text("b")
            .Global("mmengine.logging.history_buffer", "HistoryBuffer").Raw(")").Raw([0x81]).Raw("}").Text("x").Raw("Nsb").Raw("u").Stop(),
        new PickleBytes(3).Global("numpy.core.multiarray", "_reconstruct").Global("numpy", "ndarray").Raw("K\0").Raw([0x85]).Raw("C\u0001b").Raw([0x87]).Raw("R(K\u0001K\u0002")
            .Raw([0x85]).Global("numpy", "dtype").Text("f4").Raw([0x89, 0x88, 0x87]).Raw("R(K\u0003").Text("<").Raw("NNN").Integer(-1).Integer(-1).Raw("K\0tb")
            .Raw([0x89]).Raw("C\u0008").Raw("\0\0\u0080\u003f\0\0\u0080\u003f").Raw("tb").Stop(),
        new PickleBytes(4).Raw([0x95, 40, 0, 0, 0, 0, 0, 0, 0]).Raw("}").Raw([0x94]).Raw("(").Raw([0x8C, 1]).Raw("k").Raw([0x94]).Text("collections").Text("OrderedDict").Raw([0x93]).Raw(")R").Raw([0x8C, 1]).Raw("mh\0u.").Stop(),
    ];

    private static void Mutate(byte[][] seeds, int rounds, Action<byte[]> read)
    {
        var random = new Random(7);
        foreach (var seed in seeds)
        {
            OnlyDiagnostics(seed, read);
        }

        for (var round = 0; round < rounds; round++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToList();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                var place = random.Next(bytes.Count);
                switch (random.Next(5))
                {
                    case 0: bytes[place] = (byte)random.Next(256); break;
                    case 1: bytes[place] ^= (byte)(1 << random.Next(8)); break;
                    case 2: bytes[place] = random.Next(2) == 0 ? (byte)0xFF : (byte)0; break;
                    case 3: bytes.Insert(place, (byte)random.Next(256)); break;
                    default: bytes.RemoveAt(place); break;
                }
            }

            OnlyDiagnostics([.. bytes], read);
        }
    }

    private static void OnlyDiagnostics(byte[] bytes, Action<byte[]> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(bytes);
        }
        catch (QuantException exception)
        {
            Assert.StartsWith("QNT02", exception.Code, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
        {
            Assert.Fail($"{exception.GetType().Name} from {Convert.ToHexString(bytes)}: {exception}");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllowedBytes);
    }

    /// <summary>Reads everything, as a careless caller would: recursively.</summary>
    private static void Walk(object? value)
    {
        switch (value)
        {
            case NumpyArray array:
                try
                {
                    Assert.Equal(array.Count, array.ToDoubles().Length);
                }
                catch (QuantException exception)
                {
                    Assert.Equal(DiagnosticCodes.PickleInvalid, exception.Code);
                }

                break;
            case PickleDict { Count: < 100 } dict:
                foreach (var item in dict)
                {
                    Walk(item.Value);
                }

                break;
            case IReadOnlyList<object?> { Count: < 5 } list:
                foreach (var item in list.Take(1))
                {
                    Walk(item);
                }

                break;
            default:
                break;
        }
    }
}
