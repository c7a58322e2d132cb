using Deploy.Training;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Native;
using Quant.Core.Quantization;
using Quant.Core.Training;
using static TorchSharp.torch;

namespace Deploy.Pipeline;

/// <summary>The two trainings: of a float model, and of one with quantizers.</summary>
internal static class Trainings
{
    /// <summary>Float training from a checkpoint, or from scratch.</summary>
    /// <param name="context">Config, data, device.</param>
    /// <param name="checkpoint">Start weights with their norms; null starts from scratch.</param>
    /// <param name="output">The best checkpoint.</param>
    /// <param name="resume">Goes on from the stored state, when there is one.</param>
    /// <param name="maxTime">Limit.</param>
    public static TrainingState Float(PipelineContext context, string? checkpoint, string output, bool resume, TimeSpan? maxTime)
    {
        var config = context.Config.TrainCfg;
        var frames = Frames(context, config.BatchSize, labelled: true);
        var run = Fingerprint.OfRecord(new { config, context.Config.Model, context.Config.Seed, context.Config.Dataset, Start = checkpoint is null ? "" : Fingerprint.OfFile(checkpoint) });
        var from = Stored(output, run, resume);
        var file = from is null ? checkpoint : from.WeightsFile(TrainingState.FolderOf(output));
        using var model = file is null ? CenterPoint.Create(context.Config.Model, context.Config.Seed, context.Config.Name) : Read(file, context.Config.Model);
        model.To(context.Device);
        using var weights = TrainableWeights.Of(model, _ => true, trainNorms: true, MixedPrecision(context));
        return new TrainingRun(context, new TrainingPlan
        {
            Name = "train",
            Model = model,
            Weights = weights,
            TrainsNorms = true,
            Frames = frames,
            Options = Options(context, frames) with { Epochs = config.Epochs, LearningRate = config.Lr, Schedule = config.Schedule, ExplosionFactor = 100 },
            Loss = Detection(context),
            Weight = model.ToTrainingState,
            Output = output,
            Run = run,
            From = from,
            MaxTime = maxTime,
        }).Run();
    }

    /// <summary>Training with fake quantization from a quantized checkpoint.</summary>
    /// <param name="context">Config, data, device.</param>
    /// <param name="table">Which layers are quantized, and their ranges.</param>
    /// <param name="quantized">Folded weights, as calibration and bias correction left them.</param>
    /// <param name="teacher">The float model, when it teaches.</param>
    /// <param name="output">The best checkpoint, with its ranges.</param>
    /// <param name="resume">Goes on from the stored state, when there is one.</param>
    /// <param name="maxTime">Limit.</param>
    public static (TrainingState State, QuantizerTable Table) Quantized(PipelineContext context, QuantizerTable table, string quantized, string? teacher, string output, bool resume, TimeSpan? maxTime)
    {
        var config = context.Config.Quantization.Qat;
        var frames = Frames(context, config.BatchSize, labelled: teacher is null || config.LabelWeight > 0);
        var run = Fingerprint.OfRecord(new { config, context.Config.TrainCfg, context.Config.Seed, context.Config.Dataset, Start = Fingerprint.OfFile(quantized), Teacher = teacher is null ? "" : Fingerprint.OfFile(teacher) });
        var from = Stored(output, run, resume);
        var file = from is null ? quantized : from.WeightsFile(TrainingState.FolderOf(output));
        using var model = Read(file, context.Config.Model);
        var start = from is null ? table : WithRanges(table, file, model);
        model.To(context.Device);
        using var weights = TrainableWeights.Of(model, layer => !config.FreezeUnquantized || table[layer.Name].Quantized, trainNorms: false, MixedPrecision(context));
        using var quantizers = QuantizedLayers.Attach(model, start, config.LearnStepSize);
        using var master = teacher is null ? null : Read(teacher, context.Config.Model);
        master?.To(context.Device);
        var state = new TrainingRun(context, new TrainingPlan
        {
            Name = "qat",
            Model = model,
            Weights = weights,
            Ranges = [.. quantizers.Learned.Select(quantizer => quantizer.Amax)],
            Frames = frames,
            Options = Options(context, frames) with { Epochs = config.Epochs, LearningRate = config.Lr, Schedule = config.Schedule, RangeRate = config.RangeRate },
            Loss = master is null ? Detection(context) : Distillation(context, master, config.LabelWeight),
            Weight = () => QuantizedState.Create(model, quantizers.Ranges(start)),
            Meta = QuantizedState.CorrectedMeta,
            Output = output,
            Run = run,
            From = from,
            MaxTime = maxTime,
            GuardsAccuracy = true,
        }).Run();
        return (state, config.LearnStepSize ? WithRanges(table, output, model) : table);
    }

    private static Func<IReadOnlyDictionary<string, Tensor>, TrainingBatch, Tensor> Distillation(PipelineContext context, CenterPoint teacher, double labelWeight)
    {
        var (loss, labels) = (new DistillationLoss(context.Config.TrainCfg.CodeWeights), Detection(context));
        return (outputs, batch) =>
        {
            IReadOnlyDictionary<string, Tensor> wanted;
            using (no_grad())
            {
                wanted = teacher.Forward(batch.Pillars);
            }

            var taught = loss.Of(outputs, wanted);
            return labelWeight > 0 ? taught.Plus(labels(outputs, batch).Times(labelWeight)) : taught;
        };
    }

    private static Func<IReadOnlyDictionary<string, Tensor>, TrainingBatch, Tensor> Detection(PipelineContext context)
    {
        var loss = new DetectionLoss(context.Config.TrainCfg.CodeWeights, context.Config.TrainCfg.BoxLossWeight);
        return (outputs, batch) => loss.Of(outputs, batch.Targets!);
    }

    private static TrainingOptions Options(PipelineContext context, TrainingFrames frames) => new()
    {
        StepsPerEpoch = frames.StepsPerEpoch,
        WeightDecay = context.Config.TrainCfg.WeightDecay,
        ClipNorm = context.Config.TrainCfg.ClipGrad,
    };

    /// <summary>dataset.training, else the calibration frames.</summary>
    private static TrainingFrames Frames(PipelineContext context, int batchSize, bool labelled)
    {
        var split = context.Config.Dataset.Training is null ? "calibration" : "training";
        var source = context.Source(split);
        if (labelled && !source.HasLabels)
        {
            throw new QuantException(DiagnosticCodes.TrainingInvalid, $"the {split} frames have no labels; name labelled ones in dataset.training, or let the float model teach (quantization.qat.teacher: true)", context.Loaded.LocationOf($"dataset.{split}"));
        }

        context.Log.Info($"  {source.Count} {split} frames{(labelled ? "" : ", without labels")}");
        return new TrainingFrames(source, context.Config.Model, context.Config.TrainCfg, Math.Min(batchSize, source.Count), labelled, context.Config.Seed, Math.Max(2, Environment.ProcessorCount));
    }

    private static bool MixedPrecision(PipelineContext context) => context.Config.TrainCfg.MixedPrecision && context.Device.type == TorchSharp.DeviceType.CUDA;

    private static TrainingState? Stored(string output, string run, bool resume)
    {
        var folder = TrainingState.FolderOf(output);
        if (resume)
        {
            return TrainingState.Load(folder, run);
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Delete(output);
        return null;
    }

    private static CenterPoint Read(string file, ModelConfig config)
    {
        using var checkpoint = CheckpointReader.Read(file);
        return CenterPoint.Load(checkpoint.StateDict, config, file);
    }

    /// <summary>The table with the ranges that a file holds.</summary>
    private static QuantizerTable WithRanges(QuantizerTable table, string file, CenterPoint model)
    {
        using var checkpoint = CheckpointReader.Read(file);
        return QuantizedState.Table(model, checkpoint.StateDict) is not { } stored ? table : table with
        {
            Layers = [.. table.Layers.Select(entry => entry with
            {
                Input = entry.Input is { } input ? input with { Amax = stored[entry.Name].Input!.Amax, Scale = stored[entry.Name].Input!.Scale, Method = "learned" } : null,
                Weight = entry.Weight is null ? null : stored[entry.Name].Weight,
            })],
        };
    }
}
