using System.Buffers.Binary;
using System.Text;
using Deploy.Configuration;
using Deploy.Datasets;
using Deploy.Engines.TensorRt;
using Deploy.Engines.TensorRt.Exports;
using Deploy.Engines.TensorRt.Logs;
using Deploy.Tests.Datasets;
using Deploy.Tests.Engines.TensorRt;
using Quant.Core.Checkpoints;
using Quant.Core.Export;
using Quant.Core.Tests.Checkpoints;
using Testing;

namespace Fuzz;

/// <summary>Every reader of files that others wrote.</summary>
public static class FuzzTargets
{
    private static readonly string[] ClassNames = ["car", "truck", "bus", "bicycle", "pedestrian"];

    /// <summary>All of them.</summary>
    /// <param name="folder">An empty folder for the inputs.</param>
    public static IReadOnlyList<FuzzTarget> All(string folder) =>
    [
        Pickles(), Checkpoints(folder), Infos(folder), Onnx(folder), Tables(folder), Points(folder), Configs(folder), Logs(), Exports(folder),
    ];

    private static FuzzTarget Pickles() => new("pickle", [Info(), Info(protocol4: true)], PickleTokens(), bytes => PickleReader.Read(bytes, "x.pkl"));

    private static FuzzTarget Checkpoints(string folder)
    {
        var path = Path.Combine(folder, "x.pth");
        var weights = Floats(1, 2, 3, 4, 5, 6);
        var pickle = PickleBytes.DictOf("w", writer => writer.Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1]));
        CheckpointWriter.Write(path, new StateDict([new("a.weight", CheckpointTensor.FromFloat32([1, 2, 3, 4], 2, 2)), new("n", CheckpointTensor.FromInt64([7]))]));
        byte[][] tokens = [.. PickleTokens(), [0x50, 0x4B, 1, 2], [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 6, 6], [0x50, 0x4B, 6, 7], .. Words("../data.pkl", "root/data.pkl", "root/byteorder", "root/data/0")];
        return new(
            "checkpoint",
            [
                File.ReadAllBytes(path),
                new ZipBytes().Add("root/data.pkl", pickle, crc: 0).Add("root/data/0", weights, crc: 0).Finish(),
                new ZipBytes { Zip64 = true }.Add("root/data.pkl", pickle, crc: 0).Add("root/data/0", weights, crc: 0).Finish(),
                new ZipBytes().Add("root/data.pkl", pickle, deflate: true, crc: 0).Add("root/data/0", weights, deflate: true, crc: 0).Finish(),
            ],
            tokens,
            bytes =>
            {
                File.WriteAllBytes(path, bytes);
                using var checkpoint = CheckpointReader.Read(path);
                foreach (var (_, tensor) in checkpoint.StateDict)
                {
                    _ = tensor.ToFloat32();
                }
            });
    }

    private static FuzzTarget Infos(string folder)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, "infos")).FullName;
        File.WriteAllBytes(Path.Combine(root, "k.bin"), Floats(10, 0, 1, 7, 3));
        var path = Path.Combine(root, "x.pkl");
        var options = new DatasetOptions { Type = "mmdet3d_info", Root = root, InfoFile = path, ClassNames = ClassNames };
        return new("info", [Info()], PickleTokens(), bytes =>
        {
            File.WriteAllBytes(path, bytes);
            LoadAll(FrameSources.Open(options));
        });
    }

    private static FuzzTarget Onnx(string folder)
    {
        var path = Path.Combine(folder, "x.onnx");
        byte[] Graph(bool quantized, bool half) => File.ReadAllBytes(Graphs.Write(path, quantized, half, "x", 1, 2));
        byte[][] tokens = [[0x0A], [0x12], [0x3A], [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 7], .. Words("QuantizeLinear", "Conv", "location", "../../etc/passwd", "ai.onnx")];
        return new("onnx", [Graph(false, false), Graph(true, false), Graph(true, true)], tokens, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            _ = OnnxFile.Read(path);
            _ = OnnxFacts.Read(path);
        });
    }

    private static FuzzTarget Tables(string folder)
    {
        using var tables = new TinyTables();
        tables.Write();
        var root = Path.Combine(folder, "tables");
        foreach (var file in Directory.EnumerateFiles(tables.Root, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(root, Path.GetRelativePath(tables.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        // The first byte says which table the rest is.
        var paths = Directory.GetFiles(Path.Combine(root, "annotation")).Order(StringComparer.Ordinal).ToArray();
        var sound = Array.ConvertAll(paths, File.ReadAllBytes);
        return new(
            "tables",
            [.. sound.Select((bytes, index) => (byte[])[(byte)index, .. bytes])],
            Words("null", "true", "[]", "{}", "-1", "1e999", "1e308", "9223372036854775808", "\"\"", "\"s0\"", "\"d1\"", "\"../../../../etc/passwd\"", "\"/etc/passwd\"", "\"\\u0000\"", "\"\\ud800\"", ",", "}", "]", "[[[[[[[["),
            bytes =>
            {
                var index = bytes.Length > 0 ? bytes[0] % paths.Length : 0;
                File.WriteAllBytes(paths[index], bytes.Length > 0 ? bytes[1..] : []);
                try
                {
                    LoadAll(FrameSources.Open(new DatasetOptions { Type = "t4", Root = root, ClassNames = ClassNames, SweepsNum = 2 }));
                }
                finally
                {
                    File.WriteAllBytes(paths[index], sound[index]);
                }
            });
    }

    private static FuzzTarget Points(string folder)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, "points")).FullName;
        var path = Path.Combine(root, "0.bin");
        var seed = Floats(10, 0, 1, 7, 3, 0.5f, 0.5f, 0, 8, 4, -20, 3, 1, 0, 0, 5, 5, 5, 5, 5);
        File.WriteAllBytes(path, seed);
        var options = new DatasetOptions { Type = "folder", Root = root, ClassNames = ClassNames, PointCloudRange = [-51.2f, -51.2f, -3, 51.2f, 51.2f, 5] };
        return new("points", [seed], [Floats(float.NaN), Floats(float.PositiveInfinity), Floats(float.MaxValue), Floats(float.Epsilon), Floats(-0f)], bytes =>
        {
            File.WriteAllBytes(path, bytes);
            LoadAll(FrameSources.Open(options));
        });
    }

    private static FuzzTarget Configs(string folder)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "deploy_configs", "centerpoint_sim_int8.yaml"));
        var path = Path.Combine(folder, "x.yaml");
        byte[] seed = [.. "_base_: "u8, .. Encoding.UTF8.GetBytes(Path.Combine(Repository.Root, "deploy_configs", "centerpoint_sim_int8.yaml")), .. "\nmodel: {max_num_points: 20}\ngates: {map_drop_max: 0.02}\n"u8];
        return new(
            "config",
            [Encoding.UTF8.GetBytes(text), seed, .. Words("name: x\nmodel: &m {type: CenterPoint, voxel_size: [0.4, 0.4, 8.0]}\n_delete_: true\nother: *m\n")],
            Words("_base_: x.yaml\n", "_base_: [x.yaml, ../../../../etc/passwd]\n", "&a ", "*a", "<<: *a", "!!python/object/apply:os.system [ls]", "{", "}", "[", "]", ": ", "- ", "\n", "\r\n", "\t", "~", "1e999", ".nan", ".inf", "-1", "9223372036854775808", "_delete_: true", "|\n", ">\n", "%YAML 1.2\n", "---\n", "...\n", "\u2028"),
            bytes =>
            {
                File.WriteAllBytes(path, bytes);
                _ = ConfigLoader.Load(path, []);
            });
    }

    private static FuzzTarget Logs()
    {
        const string Log = """
            &&&& RUNNING TensorRT.trtexec [TensorRT v101303] [b9] # trtexec --onnx=x.onnx --int8
            [06/01/2025-10:00:00] [I] Finished parsing network model. Parse time: 0.25
            [06/01/2025-10:00:09] [I] Engine built in 9.5 sec.
            [06/01/2025-10:00:10] [W] [TRT] Missing scale and zero-point for tensor x
            [06/01/2025-10:00:10] [E] Error[2]: [fakeLayer.cpp::run::12] Error Code 2: OutOfMemory (Requested size was 1024 bytes.)
            [06/01/2025-10:00:11] [I] Throughput: 100.5 qps
            [06/01/2025-10:00:11] [I] Latency: min = 1.0 ms, max = 2.0 ms, mean = 1.5 ms, median = 1.4 ms, percentile(90%) = 1.6 ms, percentile(99%) = 1.9 ms
            &&&& PASSED TensorRT.trtexec [TensorRT v101303]
            """;
        return new(
            "log",
            [Encoding.UTF8.GetBytes(Log)],
            Words("\n", "\r\n", "\0", "[E]", "[W]", "&&&& FAILED", "&&&& PASSED TensorRT.trtexec", "ms", "percentile(", "= nan ms", "1e999", "99999999999999999999", "Error Code 4: ", new string('[', 500), new string(' ', 500), new string('a', 500), new string('=', 300), "\u001b[31m"),
            bytes => _ = TrtexecLogReader.Read(Encoding.UTF8.GetString(bytes)));
    }

    private static FuzzTarget Exports(string folder)
    {
        var path = Path.Combine(folder, "x.json");
        return new(
            "exports",
            Words(
                """{"Layers":[{"Name":"a","LayerType":"conv","Inputs":[{"Name":"x","Dimensions":[1,2],"Format/Datatype":"Int8"}],"Outputs":[]}],"Bindings":["x","y"]}""",
                """[{"count":3},{"name":"a","timeMs":1.5,"averageMs":0.5,"percentage":100}]""",
                """[{"startComputeMs":1,"endComputeMs":2,"computeMs":1,"latencyMs":1.5}]""",
                """[{"name":"y","dimensions":"1x2","values":[1,2]}]"""),
            Words("null", "true", "[]", "{}", "-1", "1e999", "nan", "-inf", "\"", ",", "\\", "}", "]", "[[[[[[[[", "99999999999x99999999999"),
            bytes =>
            {
                File.WriteAllBytes(path, bytes);
                Action[] readers = [() => LayerInfo.Read(path), () => LayerProfile.Read(path), () => QueryTimes.Read(path), () => ExportedOutputs.Read(path)];
                readers[bytes.Length % readers.Length]();
            });
    }

    private static void LoadAll(IFrameSource source)
    {
        for (var index = 0; index < source.Count; index++)
        {
            _ = source.Load(index);
        }
    }

    private static byte[] Info(bool protocol4 = false)
    {
        var box = new double[] { 1, 2, 3, 8, 2.5, 3, 0.5 };
        var bytes = TinyPickle.Write(new Dictionary<string, object?>
        {
            ["metainfo"] = new Dictionary<string, object?> { ["classes"] = ClassNames.ToList(), ["version"] = "v1" },
            ["data_list"] = new List<object>
            {
                new Dictionary<string, object?>
                {
                    ["token"] = "t",
                    ["timestamp"] = 1.5,
                    ["ego2global"] = new double[,] { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } },
                    ["lidar_points"] = new Dictionary<string, object?> { ["lidar_path"] = "k.bin", ["num_pts_feats"] = 5 },
                    ["lidar_sweeps"] = new List<object>(),
                    ["instances"] = new List<object> { new Dictionary<string, object?> { ["bbox_3d"] = box.ToList(), ["bbox_label_3d"] = 1, ["velocity"] = new List<double> { 4, 5 }, ["num_lidar_pts"] = 12 } },
                },
            },
        });
        bytes[1] = (byte)(protocol4 ? 4 : bytes[1]);
        return bytes;
    }

    private static byte[][] PickleTokens() =>
    [
        .. "()]}.0NQRabdehiloqrstu12\u0081"u8.ToArray().Select(opcode => (byte[])[opcode]),
        [0x82, 1], [0x83, 1, 0], [0x84, 1, 0, 0, 0], [0x85], [0x86], [0x87], [0x88], [0x8F], [0x90], [0x91], [0x93], [0x94], [0x97], [0x98],
        [(byte)'X', 255, 255, 255, 255], [0x8D, 255, 255, 255, 255, 255, 255, 255, 127], [0x8B, 255, 255, 255, 127], [(byte)'T', 255, 255, 255, 127], [0x8E, 0, 0, 0, 0, 0, 1, 0, 0], [0x95, 255, 255, 255, 255, 255, 255, 255, 127], [(byte)'r', 255, 255, 255, 127],
        .. Words("cos\nsystem\n", "cbuiltins\neval\n", "cbuiltins\ngetattr\n", "ccollections\nOrderedDict\n", "cnumpy.core.multiarray\n_reconstruct\n", "cnumpy\ndtype\n", "cnumpy.core.multiarray\nscalar\n", "c_codecs\nencode\n", "ctorch._utils\n_rebuild_tensor_v2\n", "I99999999999999999999\n", "L9999999999L\n", "Fnan\n"),
    ];

    private static byte[][] Words(params string[] words) => Array.ConvertAll(words, Encoding.UTF8.GetBytes);

    private static byte[] Floats(params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), values[index]);
        }

        return bytes;
    }
}
