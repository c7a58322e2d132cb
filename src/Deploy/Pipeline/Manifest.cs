using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Quant.Core.Native;

namespace Deploy.Pipeline;

/// <summary>Where a result comes from (manifest.json): digests of every input, versions, machine.</summary>
public sealed record Manifest
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The deployment's name.</summary>
    public required string Name { get; init; }

    /// <summary>This program with commit.</summary>
    public required string Tool { get; init; }

    /// <summary>When the report was written, UTC.</summary>
    public required string Written { get; init; }

    /// <summary>The checkpoint.</summary>
    public required FileDigest Checkpoint { get; init; }

    /// <summary>The config and its bases, the named one first.</summary>
    public required IReadOnlyList<FileDigest> Config { get; init; }

    /// <summary>Calibration frames in reading order.</summary>
    public required IReadOnlyList<FileDigest> CalibrationFrames { get; init; }

    /// <summary>Files of the work directory → SHA-256.</summary>
    public required IReadOnlyDictionary<string, string> Outputs { get; init; }

    /// <summary>The bill of materials written beside it.</summary>
    public FileDigest? Sbom { get; init; }

    /// <summary>Libraries, device, threads, machine.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Gathers everything.</summary>
    public static Manifest Create(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var calibration = context.Config.Quantization.Enabled
            ? context.Source("calibration").Files.Take(context.Config.Quantization.Calibration.NumBatches * context.Config.Quantization.Calibration.BatchSize)
            : [];
        var outputs = Enum.GetValues<Stage>()
            .Select(stage => context.Work[$"stages/{PipelineRunner.StageName(stage)}.json"])
            .Where(File.Exists)
            .SelectMany(record => JsonFile.Read<StageRecord>(record).Outputs)
            .DistinctBy(output => output.Key)
            .OrderBy(output => output.Key, StringComparer.Ordinal);
        return new Manifest
        {
            Name = context.Config.Name,
            Tool = $"deploy {ToolVersion.Display}",
            Written = context.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            Checkpoint = new FileDigest(Path.GetFileName(context.Config.CheckpointPath), context.CheckpointDigest),
            Config = [.. context.Loaded.Files.Select(FileDigest.Of)],
            CalibrationFrames = [.. calibration.Select(FileDigest.Of)],
            Outputs = outputs.ToDictionary(output => output.Key, output => output.Value),
            Environment = new Dictionary<string, string>
            {
                ["libtorch"] = LibTorchSearch.Version,
                ["onnxruntime"] = OrtEnv.Instance().GetVersionString(),
                ["device"] = context.DeviceName,
                ["threads"] = context.Threads.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["os"] = RuntimeInformation.OSDescription,
                ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
                ["dotnet"] = RuntimeInformation.FrameworkDescription,
                ["processors"] = System.Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
    }
}
