using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FakeTools.FakeTrtexec;

/// <summary>Plays trtexec: checks options as the version would, prints what it prints, writes what it writes.</summary>
internal sealed class Fake(FakeOrders orders, string[] arguments)
{
    private readonly Version version = Version.Parse(orders.Version);
    private readonly Dictionary<string, string> options = arguments.Select(argument => argument.Split('=', 2)).DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts.Length > 1 ? parts[1] : "");

    private string Envelope => $"TensorRT.trtexec [TensorRT v{(version.Major < 10 ? version.Major * 1000 : version.Major * 10000) + (version.Minor * 100) + version.Build}] # trtexec {string.Join(' ', arguments)}";

    public int Play()
    {
        if (orders.Calls is { } calls)
        {
            File.AppendAllText(calls, JsonSerializer.Serialize(arguments) + "\n");
        }

        Console.WriteLine($"&&&& RUNNING {Envelope}");
        var known = FakeOptions.Of(version);
        var unknown = options.Where(option => !known.Contains(option.Key)).ToList();
        if (unknown.Count > 0 || !Coherent())
        {
            unknown.ForEach(option => Error($"Unknown option: {option.Key} {option.Value}"));
            return End(false);
        }

        var behaviour = options.ContainsKey("--loadEngine") ? orders.Run : orders.Build;
        return behaviour.Kind switch
        {
            "fail" => Fail(behaviour),
            "die" => Die(),
            "hang" => Hang(behaviour),
            "silent" => 0,
            "flood" => Flood(),
            "replay" => Replay(behaviour),
            _ => Work(behaviour),
        };
    }

    private bool Coherent()
    {
        if (options.ContainsKey("--onnx") == options.ContainsKey("--loadEngine"))
        {
            Error("Model missing or format not recognized");
            return false;
        }

        foreach (var (option, file) in options.Where(option => option.Key is "--onnx" or "--loadEngine"))
        {
            if (!File.Exists(file) || new FileInfo(file).Length == 0)
            {
                Error(option == "--onnx" ? "Input file cannot be found, or is not a regular file" : $"Error opening engine file: {file}");
                return false;
            }
        }

        if (options.TryGetValue("--memPoolSize", out var pool) && !(pool.StartsWith("workspace:", StringComparison.Ordinal) && double.TryParse(pool[10..], NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            Error($"Unknown memory pool: {pool}");
            return false;
        }

        return Inputs().All(file => File.Exists(file) || Complain(file));

        bool Complain(string file)
        {
            Error($"Uncaught exception detected: Cannot open file {file}!");
            return false;
        }
    }

    private IEnumerable<string> Inputs() => options.TryGetValue("--loadInputs", out var inputs) ? inputs.Split(',').Select(input => input[(input.LastIndexOf(':') + 1)..]) : [];

    private int Work(FakeBehaviour behaviour)
    {
        Info($"Precision: {(options.ContainsKey("--int8") ? "FP32+FP16+INT8" : "FP32")}");
        Info("Selected Device: Fake GPU 9000");
        Info($"TensorRT version: {version}");
        if (options.TryGetValue("--onnx", out var onnx))
        {
            Build(onnx, behaviour);
        }
        else
        {
            Info("Engine deserialized in 0.01 sec.");
        }

        if (!options.ContainsKey("--skipInference") && !options.ContainsKey("--buildOnly"))
        {
            Infer();
        }

        Export("--exportLayerInfo", orders.LayerInfo, """{"Layers":[{"Name":"conv","LayerType":"CaskConvolution","Inputs":[{"Name":"x","Format/Datatype":"Row major Int8 format"}],"Outputs":[{"Name":"y","Format/Datatype":"Half"}]},{"Name":"head","LayerType":"CaskConvolution","Inputs":[{"Name":"y","Format/Datatype":"Half"}],"Outputs":[{"Name":"z","Format/Datatype":"Float"}]}],"Bindings":["x","z"]}""");
        Export("--exportProfile", orders.Profile, """[{"count":10},{"name":"conv","timeMs":30,"averageMs":3,"medianMs":3,"percentage":75},{"name":"head","timeMs":10,"averageMs":1,"medianMs":1,"percentage":25}]""");
        if (orders.Computes && options.TryGetValue("--exportOutput", out var outputs))
        {
            File.WriteAllText(outputs, OnnxOutputs.Compute(options["--loadEngine"], options["--loadInputs"], options.GetValueOrDefault("--shapes", "")));
        }
        else
        {
            Export("--exportOutput", orders.Output, """[{"name":"z","dimensions":"1x2","values":[0.5,-1.25]}]""");
        }

        if (behaviour.Kind == "error_but_pass")
        {
            Error(behaviour.Error);
        }

        var end = End(true);
        // What a shell reports of a process that ended by SIGSEGV.
        return behaviour.Kind == "crash_after_pass" ? 139 : end;
    }

    private void Build(string onnx, FakeBehaviour behaviour)
    {
        Info("Start parsing network model.");
        Info("Finished parsing network model. Parse time: 0.02");
        Info("Engine built in 1.5 sec.");
        if (options.TryGetValue("--timingCacheFile", out var cache))
        {
            File.AppendAllText(cache, "timing\n");
        }

        if (behaviour.Vanishes is { } program)
        {
            File.Delete(program);
        }

        if (options.TryGetValue("--saveEngine", out var engine) && behaviour.Kind != "no_engine")
        {
            if (orders.Computes)
            {
                File.Copy(onnx, engine, overwrite: true);
            }
            else
            {
                File.WriteAllText(engine, behaviour.Kind == "empty_engine" ? "" : $"engine of {Path.GetFileName(onnx)} {string.Join(' ', options.Keys)}");
            }
        }
    }

    private void Infer()
    {
        Info("Starting inference");
        Info("Throughput: 500 qps");
        Info("Latency: min = 1 ms, max = 3 ms, mean = 2 ms, median = 2 ms, percentile(99%) = 3 ms");
        Info("GPU Compute Time: min = 1 ms, max = 3 ms, mean = 1.9 ms, median = 1.8 ms, percentile(99%) = 2.9 ms");
        Export("--exportTimes", null, """[{"computeMs":1.8,"latencyMs":2.0},{"computeMs":1.9,"latencyMs":2.1},{"computeMs":1.7,"latencyMs":1.9}]""");
    }

    private void Export(string option, string? source, string text)
    {
        if (options.TryGetValue(option, out var file))
        {
            File.WriteAllText(file, source is null ? text : File.ReadAllText(source));
        }
    }

    private int Fail(FakeBehaviour behaviour)
    {
        Error(behaviour.Error);
        Error("Engine set up failed");
        return End(false);
    }

    private int Die()
    {
        Partial();
        Info("Start parsing network model.");
        Console.Out.Flush();
        Process.GetCurrentProcess().Kill();
        return 0;
    }

    private int Hang(FakeBehaviour behaviour)
    {
        Partial();
        Info("Start parsing network model.");
        using var child = Process.Start("sleep", "600");
        if (behaviour.Pids is { } pids)
        {
            File.WriteAllText($"{pids}.tmp", $"{Environment.ProcessId}\n{child.Id}\n");
            File.Move($"{pids}.tmp", pids);
        }

        child.WaitForExit();
        return 0;
    }

    private static int Flood()
    {
        var line = new string('x', 4000);
        while (true)
        {
            Console.WriteLine(line);
        }
    }

    private int Replay(FakeBehaviour behaviour)
    {
        Partial();
        Console.Write(File.ReadAllText(behaviour.Log!));
        return behaviour.ExitCode;
    }

    /// <summary>An engine as an interrupted program might leave it.</summary>
    private void Partial()
    {
        if (options.TryGetValue("--saveEngine", out var engine))
        {
            File.WriteAllText(engine, "half an eng");
        }
    }

    private int End(bool passed)
    {
        Console.WriteLine($"&&&& {(passed ? "PASSED" : "FAILED")} {Envelope}");
        Console.Out.Flush();
        return passed ? 0 : 1;
    }

    private static void Info(string text) => Console.WriteLine($"[01/02/2026-10:00:00] [I] {text}");

    private static void Error(string text) => Console.Error.WriteLine($"[01/02/2026-10:00:00] [E] {text}");
}
