using Deploy.Configuration;
using Deploy.Datasets;
using Deploy.Output;
using Quant.Core.Calibration;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using TorchSharp;

namespace Deploy.Pipeline;

/// <summary>What every stage may use: config, work directory, log, device and the data sets, opened when first needed.</summary>
public sealed class PipelineContext
{
    private const int DeterministicThreads = 2;

    private readonly Dictionary<string, IFrameSource> sources = [];
    private string? checkpointDigest;
    private string? calibrationDigest;
    private string? validationDigest;
    private BackendChoice? backend;

    /// <summary>The config with its places.</summary>
    public required LoadedConfig Loaded { get; init; }

    /// <summary>The config.</summary>
    public DeployConfig Config => Loaded.Config;

    /// <summary>Where results go.</summary>
    public required WorkDirectory Work { get; init; }

    /// <summary>Progress and diagnostics.</summary>
    public required RunLog Log { get; init; }

    /// <summary>Where torch computes.</summary>
    public required torch.Device Device { get; init; }

    /// <summary>Its name in fingerprints and the manifest.</summary>
    public string DeviceName => Device.ToString();

    /// <summary>True when ONNX Runtime has CUDA and the device is a GPU.</summary>
    public bool OnnxRuntimeCuda { get; init; }

    /// <summary>
    /// Threads inside an operator of libtorch and ONNX Runtime. libtorch's sums depend on them, so <c>deterministic</c> fixes them for every machine;
    /// otherwise every processor is used.
    /// </summary>
    public int Threads => Config.Deterministic ? DeterministicThreads : Environment.ProcessorCount;

    /// <summary>The verdict, once the gate stage ran.</summary>
    public Gates.GateReport? Gate { get; set; }

    /// <summary>Cancellation by the user.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>For durations.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What the program was told about its surroundings (environment variables, tools).</summary>
    public required Surroundings Surroundings { get; init; }

    /// <summary>SHA-256 of the checkpoint file.</summary>
    /// <exception cref="QuantException">The file is missing; the reader says what to do.</exception>
    public string CheckpointDigest
    {
        get
        {
            if (checkpointDigest is null)
            {
                using var _ = ReadCheckpoint();
                checkpointDigest = Fingerprint.OfFile(Config.CheckpointPath);
            }

            return checkpointDigest;
        }
    }

    /// <summary>Ends the run when the checkpoint is no longer the one that it began with, before a stage counts as finished.</summary>
    /// <exception cref="QuantException">QNT0370.</exception>
    public void ThrowIfCheckpointChanged()
    {
        if (!File.Exists(Config.CheckpointPath) || Fingerprint.OfFile(Config.CheckpointPath) != CheckpointDigest)
        {
            throw new QuantException(DiagnosticCodes.CheckpointChanged, "the checkpoint was replaced or removed while the run was reading it; run again, and what depends on it is made anew", new SourceLocation(Config.CheckpointPath));
        }
    }

    /// <summary>What makes the engines, found out once.</summary>
    internal BackendChoice Backend => backend ??= BackendChoice.Of(Loaded, Surroundings, Cancel);

    /// <summary>What shards saw of the calibration frames, merged; the calibrate stage then reads no frames.</summary>
    public CalibrationShard? MergedCalibration { get; set; }

    /// <summary>True when only the INT8 graph is wanted, so that a corrected checkpoint will do.</summary>
    public bool Int8Only { get; init; }

    /// <summary>True when the checkpoint is one of this program's quantized files: its float weights are not the float model.</summary>
    public bool CheckpointIsCorrected
    {
        get
        {
            using var checkpoint = ReadCheckpoint();
            return checkpoint.Meta.ContainsKey(QuantizedState.CorrectedKey);
        }
    }

    /// <summary>Digest of the calibration frames that a run reads.</summary>
    public string CalibrationDigest => calibrationDigest ??= DigestOf("calibration", FrameLimit("calibration"));

    /// <summary>Digest of the validation frames that a run reads.</summary>
    public string ValidationDigest => validationDigest ??= DigestOf("validation", int.MaxValue);

    /// <summary>Point files of the splits that were opened so far.</summary>
    public IEnumerable<string> OpenedFrames => sources.Values.SelectMany(source => source.Files);

    /// <summary>The user's checkpoint.</summary>
    public Checkpoint ReadCheckpoint() => CheckpointReader.Read(Config.CheckpointPath);

    /// <summary>A float model from a file of the work directory, on the device.</summary>
    public CenterPoint LoadModel(string file) => LoadModel(file, Device);

    /// <summary>The same on any device.</summary>
    public CenterPoint LoadModel(string file, torch.Device device)
    {
        using var checkpoint = CheckpointReader.Read(Work[file]);
        var model = CenterPoint.Load(checkpoint.StateDict, Config.Model, Work[file]);
        model.To(device);
        return model;
    }

    /// <summary>A split of the data set.</summary>
    /// <param name="split"><c>calibration</c> or <c>validation</c>.</param>
    public IFrameSource Source(string split)
    {
        if (!sources.TryGetValue(split, out var source))
        {
            sources[split] = source = FrameSources.Open(DatasetOptionsFactory.Create(Loaded, split));
            foreach (var note in source.Notes)
            {
                Log.Report(note);
            }

            foreach (var (category, count) in source.IgnoredObjects)
            {
                Log.Detail($"{split}: {count} objects of category '{category}' belong to no class of the model");
            }
        }

        return source;
    }

    /// <summary>The validation split, which must have labels.</summary>
    /// <exception cref="QuantException">QNT0852.</exception>
    public IFrameSource LabelledValidation() => Source("validation").HasLabels
        ? Source("validation")
        : throw new QuantException(DiagnosticCodes.SplitMissing, "the validation frames have no labels, so mAP cannot be measured; name a labelled data set in dataset.validation", Loaded.LocationOf("dataset.validation"));

    /// <summary>Frames of a split with their pillars; a message names frames whose points were dropped.</summary>
    public IEnumerable<(Frame Frame, PillarBatch Pillars)> Frames(string split, int limit)
    {
        foreach (var (frame, pillars) in FrameStream.Read(Source(split), limit, frame => (frame, Voxelizer.Voxelize(frame.Points, Config.Model)), Cancel))
        {
            if (frame.DroppedPoints > 0)
            {
                Log.Report(Diagnostic.Warning(DiagnosticCodes.PointsDropped, $"{frame.DroppedPoints} points with NaN or infinity were left out", new SourceLocation(frame.File)));
            }

            if (pillars.Count == 0)
            {
                Log.Report(Diagnostic.Warning(DiagnosticCodes.FrameWithoutPillars, "no point lies inside model.point_cloud_range, so the frame is left out", new SourceLocation(frame.File)));
                continue;
            }

            yield return (frame, pillars);
        }
    }

    /// <summary>Calibration frames, joined to batches, with a progress line.</summary>
    /// <param name="what">Names the work in the progress line.</param>
    /// <param name="limit">Upper bound of the frames.</param>
    /// <param name="shard">Leaves out the batches of other shards: batch k belongs to shard k mod n.</param>
    public IEnumerable<CalibrationFrame> CalibrationFrames(string what, int limit = int.MaxValue, ShardNumber? shard = null)
    {
        var frames = Math.Min(limit, Math.Min(Source("calibration").Count, FrameLimit("calibration")));
        using var progress = Log.Progress(what, frames);
        var batches = progress.Over(Frames("calibration", frames)).Chunk(Config.Quantization.Calibration.BatchSize);
        foreach (var batch in batches.Where((_, index) => shard is null || index % shard.Count == shard.Index))
        {
            yield return new CalibrationFrame(
                string.Join(", ", batch.Select(item => Path.GetFileName(item.Frame.File))),
                PillarBatch.Join([.. batch.Select(item => item.Pillars)]));
        }
    }

    private int FrameLimit(string split) =>
        split == "calibration" ? Config.Quantization.Calibration.NumBatches * Config.Quantization.Calibration.BatchSize : int.MaxValue;

    private string DigestOf(string split, int limit) => Fingerprint.OfFiles(Source(split).Files.Take(limit));
}
