using System.Diagnostics;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Xunit;

namespace Quant.Core.Tests.Checkpoints;

public sealed class CheckpointWriterTests
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<bool> HasTorch = new(() => File.Exists(Python) && Run("import torch, numpy").Code == 0);

    [Fact]
    public void What_was_written_is_read_back()
    {
        var path = Write(Sample(), new Dictionary<string, string> { ["cfg"] = "model = {}", ["fusion"] = "bn", ["ü"] = "\n" });
        using var checkpoint = CheckpointReader.Read(path);
        Assert.Equal("mmengine", checkpoint.Container);
        Assert.Equal("model = {}", checkpoint.ConfigText);
        Assert.Equal(new Dictionary<string, string> { ["fusion"] = "bn", ["ü"] = "\n" }, checkpoint.Meta);
        Assert.Equal(Sample().Keys, checkpoint.StateDict.Keys);
        Assert.Equal([1, 2, 3, 4, 5, 6], checkpoint.StateDict["a.weight"].ToFloat32());
        Assert.Equal([2, 3], checkpoint.StateDict["a.weight"].Shape);
        Assert.Equal([long.MaxValue], checkpoint.StateDict["a.num_batches_tracked"].ToInt64());
        Assert.Empty(checkpoint.StateDict["a.num_batches_tracked"].Shape);
        Assert.Equal([0, 4], checkpoint.StateDict["none"].Shape);
    }

    [Fact]
    public void Without_meta_the_file_is_a_bare_state_dict()
    {
        using var checkpoint = CheckpointReader.Read(Write(Sample(), null));
        Assert.Equal("state_dict", checkpoint.Container);
    }

    [Fact]
    public void Equal_contents_give_equal_bytes()
    {
        var first = File.ReadAllBytes(Write(Sample(), new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }));
        var second = File.ReadAllBytes(Write(Sample(), new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }));
        Assert.Equal(first, second);
    }

    [Fact]
    public void Records_begin_at_multiples_of_64_bytes_and_are_not_compressed()
    {
        var file = File.ReadAllBytes(Write(Sample(), null));
        var place = file.AsSpan().IndexOf(CheckpointReaderTests.Bytes<float>(1, 2, 3, 4, 5, 6));
        Assert.True(place > 0);
        Assert.Equal(0, place % 64);
        using var archive = new System.IO.Compression.ZipArchive(new MemoryStream(file));
        Assert.Equal(["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/data/1", "archive/data/2", "archive/version"], archive.Entries.Select(entry => entry.FullName));
        Assert.All(archive.Entries, entry => Assert.Equal(new DateTime(1980, 1, 1), entry.LastWriteTime.DateTime));
        Assert.Equal(ZipBytes.Crc(CheckpointReaderTests.Bytes<float>(1, 2, 3, 4, 5, 6)), archive.GetEntry("archive/data/0")!.Crc32);
    }

    [Fact]
    public void Views_of_another_file_are_written_contiguous_in_their_own_type()
    {
        var pickle = PickleBytes.DictOf("half", p => p.Tensor("HalfStorage", "0", 6, 1, [2, 2], [1, 3]));
        using var source = CheckpointReaderTests.Read(ZipBytes.Torch(pickle, ("0", CheckpointReaderTests.Bytes<ushort>(0, 0x3C00, 0x4000, 0, 0x4200, 0x4400))));
        Assert.Equal([1, 3, 2, 4], source.StateDict["half"].ToFloat32());
        using var copy = CheckpointReader.Read(Write(source.StateDict, null));
        Assert.Equal(DType.Float16, copy.StateDict["half"].DType);
        Assert.Equal([1, 3, 2, 4], copy.StateDict["half"].ToFloat32());
    }

    [Fact]
    public void More_records_than_16_bits_count_need_ZIP64()
    {
        var scalar = CheckpointTensor.FromFloat32([1.5f]);
        var path = Write(new StateDict(Enumerable.Range(0, 66_000).Select(index => KeyValuePair.Create($"k{index}", scalar))), null);
        using var checkpoint = CheckpointReader.Read(path);
        Assert.Equal(66_000, checkpoint.StateDict.Count);
        Assert.Equal([1.5f], checkpoint.StateDict["k65999"].ToFloat32());
    }

    [Fact]
    public void A_checkpoint_may_replace_the_file_it_came_from()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not replace a mapped file");
        var path = Write(Sample(), null);
        using (var source = CheckpointReader.Read(path))
        {
            CheckpointWriter.Write(path, source.StateDict);
        }

        using var again = CheckpointReader.Read(path);
        Assert.Equal(3, again.StateDict.Count);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_reported_and_leaves_nothing()
    {
        var file = Samples.TemporaryFile("x"u8);
        Samples.Fails(DiagnosticCodes.CheckpointNotWritable, "cannot be written", () => CheckpointWriter.Write(Path.Combine(file, "x.pth"), Sample()));
        Samples.Fails(DiagnosticCodes.CheckpointNotWritable, "cannot be written", () => CheckpointWriter.Write(Path.GetDirectoryName(file)!, Sample()));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public void A_failing_source_leaves_no_temporary_file()
    {
        var bytes = ZipBytes.Torch(CheckpointReaderTests.Floats("w"), ("0", CheckpointReaderTests.Bytes<float>(1, 2, 3, 4, 5, 6)));
        bytes[bytes.AsSpan().IndexOf(CheckpointReaderTests.Bytes<float>(1, 2, 3))] ^= 1;
        using var damaged = CheckpointReaderTests.Read(bytes);
        var path = Samples.TemporaryPath();
        Samples.Fails(DiagnosticCodes.CheckpointDamaged, "data/0", () => CheckpointWriter.Write(path, damaged.StateDict));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Torch_opens_what_was_written()
    {
        var path = Write(Sample(), new Dictionary<string, string> { ["fusion"] = "bn" });
        var output = Torch($"""
            import torch, collections
            c = torch.load(r'{path}', weights_only=True)
            s = c['state_dict']
            assert type(s) is collections.OrderedDict, type(s)
            assert c['meta'] == dict(fusion='bn'), c['meta']
            print([(k, str(v.dtype), list(v.shape), v.tolist()) for k, v in s.items()])
            """);
        Assert.Equal("[('a.weight', 'torch.float32', [2, 3], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), ('a.num_batches_tracked', 'torch.int64', [], 9223372036854775807), ('none', 'torch.float32', [0, 4], [])]", output.Trim());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_torch_writes_is_read(bool zip)
    {
        var path = Samples.TemporaryPath();
        Torch($$"""
            import torch
            base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
            d = {t: torch.tensor([0, 1, 2, 100]).to(getattr(torch, t)) for t in 'float32 float64 float16 bfloat16 int64 int32 int16 int8 uint8 bool'.split()}
            d.update(permuted=base.permute(2, 0, 1), part=base[1, 1:, ::2], scalar=torch.tensor(2.5), parameter=torch.nn.Parameter(base), expanded=torch.ones(1).expand(3, 2), empty=torch.empty(0, 3))
            net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3))
            optimizer = torch.optim.AdamW(net.parameters())
            net(torch.zeros(1, 2, 4, 4)).sum().backward(); optimizer.step()
            torch.save({'state_dict': d, 'net': net.state_dict(), 'optimizer': optimizer.state_dict(), 'size': base.shape, 'type': torch.float16, 'device': torch.device('cpu')}, r'{{path}}', _use_new_zipfile_serialization={{(zip ? "True" : "False")}})
            """);
        using var checkpoint = CheckpointReader.Read(path);
        var dict = checkpoint.StateDict;
        foreach (var type in Enum.GetValues<DType>())
        {
            var tensor = dict.First(item => item.Value.DType == type && item.Value.Shape is [4]);
            Assert.Equal(type.ToString(), tensor.Key, ignoreCase: true);
            Assert.Equal(type == DType.Bool ? [0, 1, 1, 1] : [0f, 1, 2, 100], tensor.Value.ToFloat32());
        }

        Assert.Equal([4, 2, 3], dict["permuted"].Shape);
        Assert.Equal([0, 4, 8, 12, 16, 20, 1, 5], dict["permuted"].ToFloat32()[..8]);
        Assert.Equal([16, 18, 20, 22], dict["part"].ToFloat32());
        Assert.Equal([2.5f], dict["scalar"].ToFloat32());
        Assert.Equal(24, dict["parameter"].Count);
        Assert.Equal([1, 1, 1, 1, 1, 1], dict["expanded"].ToFloat32());
        Assert.Empty(dict["empty"].ToFloat32());
    }

    [Fact]
    public void What_numpy_pickles_is_read_in_every_protocol()
    {
        var path = Samples.TemporaryPath(".pkl");
        Torch($$"""
            import numpy as np, pickle
            b = np.arange(6, dtype=np.float32).reshape(2, 3)
            data = {'c': b, 'f': np.asfortranarray(b), 'big': b.astype('>i4'), 'names': np.array(['car', 'bicycle']), 'objects': np.array(['x', None], dtype=object),
                         'mask': np.array([True, False]), 'scalar': np.float64(1.5), 'flag': np.bool_(True), 'text': np.str_('t'), 'zero': np.zeros((0, 9)), 'bytes': b'\x00\xff', 'big_int': 2**64}
            for protocol in range(6): pickle.dump(data, open(r'{{path}}' + str(protocol), 'wb'), protocol)
            """);
        for (var protocol = 0; protocol <= 5; protocol++)
        {
            using var stream = File.OpenRead(path + protocol);
            AssertArrays(Assert.IsType<PickleDict>(PickleReader.Read(stream, path)));
        }
    }

    private static void AssertArrays(PickleDict dict)
    {
        foreach (var key in new[] { "c", "f", "big" })
        {
            Assert.True(dict.TryGet<NumpyArray>(key, out var array));
            Assert.Equal([2, 3], array.Shape);
            Assert.Equal([0, 1, 2, 3, 4, 5], array.ToFloat32());
        }

        Assert.Equal(["car", "bicycle"], Assert.IsType<NumpyArray>(dict["names"]).ToStrings());
        Assert.Equal(["x", null], Assert.IsType<NumpyArray>(dict["objects"]).ToObjects());
        Assert.Equal([1, 0], Assert.IsType<NumpyArray>(dict["mask"]).ToInt64());
        Assert.Equal([0, 9], Assert.IsType<NumpyArray>(dict["zero"]).Shape);
        Assert.Equal(1.5, dict["scalar"]);
        Assert.Equal(true, dict["flag"]);
        Assert.Equal("t", dict["text"]);
        Assert.Equal(new byte[] { 0, 255 }, dict["bytes"]);
        Assert.Equal(System.Numerics.BigInteger.Pow(2, 64), dict["big_int"]);
    }

    private static StateDict Sample() => new(
    [
        new("a.weight", CheckpointTensor.FromFloat32([1, 2, 3, 4, 5, 6], 2, 3)),
        new("a.num_batches_tracked", CheckpointTensor.FromInt64([long.MaxValue])),
        new("none", CheckpointTensor.FromFloat32([], 0, 4)),
    ]);

    private static string Write(StateDict stateDict, IReadOnlyDictionary<string, string>? meta)
    {
        var path = Samples.TemporaryPath();
        CheckpointWriter.Write(path, stateDict, meta);
        return path;
    }

    private static string Torch(string script)
    {
        Assert.SkipUnless(HasTorch.Value, $"{Python} with torch and numpy is not there");
        var (code, output, error) = Run(script);
        Assert.True(code == 0, error);
        return output;
    }

    private static (int Code, string Output, string Error) Run(string script)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
