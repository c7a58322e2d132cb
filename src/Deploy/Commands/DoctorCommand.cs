using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Deploy.Configuration;
using Deploy.Engines.OnnxRuntime;
using Deploy.Engines.TensorRt;
using Deploy.Pipeline;
using Microsoft.ML.OnnxRuntime;
using Quant.Core.Diagnostics;
using Quant.Core.Native;
using TorchSharp;

namespace Deploy.Commands;

/// <summary><c>deploy doctor</c>: what this machine has and lacks, each problem with its fix.</summary>
internal static class DoctorCommand
{
    /// <summary>Where the facts begin: names take 14 columns.</summary>
    private const int Column = 15;

    public static Command Create(CommandHost host)
    {
        var fix = new Option<bool>("--fix") { Description = $"Fetch libtorch {LibTorchSearch.Version} into the NuGet cache when it is missing." };
        var command = new Command("doctor", "Shows runtime, libtorch, GPUs, ONNX Runtime, trtexec, memory and disk.\n\nExample: deploy doctor --fix") { fix };
        command.SetAction((parse, cancel) => Task.Run(() => host.Run(parse, log =>
        {
            if (parse.GetValue(fix) && !HasLibTorch(host.Surroundings))
            {
                log.Info($"fetching libtorch {LibTorchSearch.Version} …");
                FetchLibTorch(cancel);
            }

            foreach (var (name, value) in Facts(host.Surroundings, cancel))
            {
                host.WriteWrapped($"{name,-14} {value}", Column);
            }

            foreach (var line in Capabilities(host.Surroundings, cancel))
            {
                host.WriteWrapped($"{"",-14} {line}", Column);
            }

            if (parse.GetResult(host.Options.Config) is { Implicit: false })
            {
                foreach (var line in Needs(ConfigLoader.Load(parse.GetValue(host.Options.Config)!, host.Options.Overrides(parse)).Config))
                {
                    host.WriteWrapped(line, Column);
                }
            }

            // Without libtorch nothing runs: the exception carries code and fix.
            LibTorch.Load(host.Surroundings.LibTorch);
            return ExitCodes.Ok;
        })));
        return command;
    }

    private static IEnumerable<(string Name, string Value)> Facts(Surroundings surroundings, CancellationToken cancel)
    {
        yield return ("deploy", ToolVersion.Display);
        yield return (".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
        yield return ("libtorch", Try(() => LibTorch.Load(surroundings.LibTorch)));
        yield return ("CUDA", HasLibTorch(surroundings) ? Try(() => torch.cuda.is_available() ? $"{torch.cuda.device_count()} devices{(GpuIdentity.Query(cancel) is { } gpu ? $", first {gpu.Name}, driver {gpu.Driver}" : "")}" : "none seen by this libtorch; computing on the CPU (build with -p:QuantGpu=true for GPUs)") : "unknown without libtorch");
        yield return ("ONNX Runtime", Try(() => $"{OrtEnv.Instance().GetVersionString()}, providers {string.Join(", ", OrtEnv.Instance().GetAvailableProviders())}"));
        yield return ("VNNI", CpuEngineBuilder.HasVnni ? "yes: 8-bit weights in int8_cpu" : "no: int8_cpu uses 7-bit weights, because 8-bit sums would saturate");
        yield return ("trtexec", Try(() => Trtexec(surroundings, cancel)));
        yield return ("memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB available to this process");
        yield return ("disk", Try(() => string.Create(CultureInfo.InvariantCulture, $"{new DriveInfo(Path.GetFullPath(".")).AvailableFreeSpace >> 20} MiB free in the current folder")));
    }

    /// <summary>The config's needs against what is free, with what to change.</summary>
    private static IEnumerable<string> Needs(DeployConfig config)
    {
        var needs = ResourceNeeds.Of(config, File.Exists(config.CheckpointPath) ? new FileInfo(config.CheckpointPath).Length : 0);
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var folder = Path.GetFullPath(config.WorkDir);
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        var disk = new DriveInfo(folder).AvailableFreeSpace;
        yield return $"{config.Name,-14} needs about {needs.MemoryBytes >> 20} MiB of memory (estimate), {memory >> 20} MiB are there{(needs.MemoryBytes <= memory ? "" : ": lower quantization.bias_correction.memory_gb, or the canvas")}";
        yield return $"{"",-14} needs about {needs.DiskBytes >> 20} MiB of disk (estimate), {disk >> 20} MiB are free{(needs.DiskBytes <= disk ? "" : ": set work_dir to another disk")}";
        yield return $"{"",-14} checkpoint {(File.Exists(config.CheckpointPath) ? "is there" : $"is missing: {config.CheckpointPath}; set checkpoint_path")}";
    }

    /// <summary>What the trtexec here can do; nothing where there is none or it cannot be used, which the line before says.</summary>
    private static IReadOnlyList<string> Capabilities(Surroundings surroundings, CancellationToken cancel)
    {
        try
        {
            return TrtexecLocator.Find(null, surroundings.Trtexec, surroundings.SearchPath) is { } path ? CapabilityText.Describe(TrtexecCapabilities.For(TrtexecRunner.Version(path, cancel))) : [];
        }
        catch (QuantException)
        {
            // Told as the fact "trtexec" already.
            return [];
        }
    }

    private static string Trtexec(Surroundings surroundings, CancellationToken cancel)
    {
        var path = TrtexecLocator.Find(null, surroundings.Trtexec, surroundings.SearchPath);
        return path is null ? "not found; set TRTEXEC or backend_config.trtexec. Until then engines are ONNX Runtime's CPU form" : $"{path}, TensorRT {TrtexecRunner.Version(path, cancel)}";
    }

    private static bool HasLibTorch(Surroundings surroundings)
    {
        try
        {
            LibTorch.Find(surroundings.LibTorch);
            return true;
        }
        catch (QuantException)
        {
            return false;
        }
    }

    private static string Try(Func<string> fact)
    {
        try
        {
            return fact();
        }
        catch (QuantException error)
        {
            return error.Message;
        }
    }

    /// <summary>Restores an empty project that references the package: NuGet does the rest.</summary>
    private static void FetchLibTorch(CancellationToken cancel)
    {
        var package = OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64" : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64" : "libtorch-cpu-linux-x64";
        var folder = Directory.CreateTempSubdirectory("deploy-doctor-");
        try
        {
            var project = Path.Combine(folder.FullName, "fetch.csproj");
            File.WriteAllText(project, $"""<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup><PackageReference Include="{package}" Version="{LibTorchSearch.Version}" /></ItemGroup></Project>""");
            using var process = Process.Start(new ProcessStartInfo("dotnet", ["restore", project]) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("dotnet did not start");
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new QuantException(DiagnosticCodes.LibTorchMissing, $"dotnet restore could not fetch {package} {LibTorchSearch.Version}: {output.Result.Trim()}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
