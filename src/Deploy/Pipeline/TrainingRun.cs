using System.Globalization;
using Deploy.Engines;
using Deploy.Evaluation;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Training;

namespace Deploy.Pipeline;

/// <summary>Runs a plan: epochs with an evaluation after each, best and last checkpoint, and a state to resume from.</summary>
internal sealed class TrainingRun(PipelineContext context, TrainingPlan plan)
{
    private readonly long start = context.Clock.GetTimestamp();

    /// <summary>Trains to the end, or to the time limit.</summary>
    /// <exception cref="QuantException">QNT0320, QNT0321: the training collapsed; the best checkpoint is there.</exception>
    public TrainingState Run()
    {
        var folder = TrainingState.FolderOf(plan.Output);
        using var trainer = new Trainer(plan.Model, plan.Weights.Parameters, plan.Ranges, plan.Options with { TimeUsed = TimeUsed });
        TrainingState state;
        if (plan.From is { } stored)
        {
            state = stored;
            trainer.Load(stored.MomentsFile(folder), stored.Step);
            context.Log.Info($"  going on after epoch {stored.Epoch} of {plan.Options.Epochs}");
        }
        else
        {
            var map = plan.GuardsAccuracy ? Map() : null;
            state = new TrainingState(0, 0, plan.Run, map, map, []);
            if (map is not null)
            {
                Keep(plan.Output);
                context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  before training: mAP {100 * map:F2}"));
            }
        }

        while (state.Epoch < plan.Options.Epochs && !OutOfTime())
        {
            state = Epoch(trainer, state);
            state.Save(folder, plan.Weight(), trainer.Save);
        }

        if (!File.Exists(plan.Output))
        {
            Keep(plan.Output);
        }

        if (state.Epoch == plan.Options.Epochs)
        {
            Directory.Delete(folder, recursive: true);
        }

        return state;
    }

    private TrainingState Epoch(Trainer trainer, TrainingState state)
    {
        var (steps, begin, last) = (plan.Options.StepsPerEpoch, context.Clock.GetTimestamp(), 0.0);
        plan.Weights.FollowBatches(plan.TrainsNorms);
        var loss = trainer.Epoch(state.Epoch, plan.Frames.Epoch(state.Epoch, context.Cancel), plan.Loss, Tell, OutOfTime);
        plan.Weights.FollowBatches(false);
        var map = Map();
        context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  epoch {state.Epoch + 1}/{plan.Options.Epochs}: loss {loss:F4}{(map is null ? "" : $", mAP {100 * map:F2}")}, {(trainer.Step - state.Step) / context.Clock.GetElapsedTime(begin).TotalSeconds:F1} steps/s"));
        Keep(Path.ChangeExtension(plan.Output, ".last.pth"));
        if (map is null || state.Best is null || map > state.Best)
        {
            Keep(plan.Output);
        }

        if (plan.GuardsAccuracy && state.Start is { } before && map < before / 2)
        {
            throw new QuantException(DiagnosticCodes.AccuracyCollapsed, string.Create(CultureInfo.InvariantCulture, $"training collapsed: mAP fell from {100 * before:F2} to {100 * map:F2} in epoch {state.Epoch + 1}; the best checkpoint is kept. Lower the learning rate, and keep quantization.qat.freeze_unquantized on"), new SourceLocation(plan.Output));
        }

        return state with
        {
            Epoch = state.Epoch + 1,
            Step = trainer.Step,
            Best = map is null ? null : Math.Max(map.Value, state.Best ?? 0),
            Epochs = [.. state.Epochs, new TrainingEpoch(state.Epoch + 1, loss, map, last)],
        };

        void Tell(TrainingStep step)
        {
            last = step.LearningRate;
            var done = step.Step - state.Step + 1;
            if (done % Math.Max(1, steps / 5) == 0)
            {
                var left = TimeSpan.FromSeconds(context.Clock.GetElapsedTime(begin).TotalSeconds / done * ((plan.Options.Epochs * steps) - step.Step - 1));
                left = plan.MaxTime - context.Clock.GetElapsedTime(start) is { } allowed && allowed < left ? allowed : left;
                context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  step {step.Step + 1}/{plan.Options.Epochs * steps}: loss {step.Loss:F4}, lr {step.LearningRate:G3}, gradient {step.GradientNorm:F2}, {left:h\\:mm\\:ss} left"));
            }
        }
    }

    private bool OutOfTime()
    {
        context.Cancel.ThrowIfCancellationRequested();
        return TimeUsed() > 1;
    }

    /// <summary>Part of the allowed time that has passed; 0 without a limit.</summary>
    private double TimeUsed() => plan.MaxTime is { } limit ? context.Clock.GetElapsedTime(start) / limit : 0;

    private void Keep(string file) => CheckpointWriter.Write(file, plan.Weight(), plan.Meta);

    /// <summary>mAP over the validation frames; null when they have no labels.</summary>
    private double? Map()
    {
        if (context.Config.Dataset.Validation is null || !context.Source("validation").HasLabels)
        {
            return null;
        }

        using var detector = new TorchDetector(plan.Name, plan.Model);
        var results = new List<FrameResult>();
        foreach (var (frame, pillars) in context.Frames("validation", context.Config.TrainCfg.EvaluationFrames ?? int.MaxValue))
        {
            results.Add(new FrameResult(frame.Token, frame.Objects!, BoxDecoder.Decode(detector.Run(pillars), context.Config.Model)));
        }

        var options = new MetricOptions(context.Config.Evaluation.Metric, context.Config.Model.PtsBboxHead.ClassNames, context.Config.Evaluation.ClassRanges);
        return DetectionMetrics.Evaluate(results, options).Map;
    }
}
