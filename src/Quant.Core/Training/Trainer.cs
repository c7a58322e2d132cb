using System.Globalization;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Quant.Core.Training;

/// <summary><see cref="AdamW"/> over epochs, with schedule, clipping and a guard against collapse.</summary>
public sealed class Trainer : IDisposable
{
    private const int FirstSteps = 20;
    private readonly CenterPoint model;
    private readonly TrainingOptions options;
    private readonly AdamW optimizer;
    private readonly Queue<double> recent = new();
    private double? normal;

    /// <param name="model">Runs forward.</param>
    /// <param name="weights">Weights and biases to train.</param>
    /// <param name="ranges">Quantizers' ranges to train.</param>
    /// <param name="options">How.</param>
    public Trainer(CenterPoint model, IReadOnlyList<Parameter> weights, IReadOnlyList<Parameter> ranges, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.model, this.options) = (model, options);
        optimizer = new AdamW(weights, ranges, options.WeightDecay);
    }

    /// <summary>Steps done so far.</summary>
    public int Step { get; private set; }

    /// <summary>One pass over the data, or less when <paramref name="stop"/> says so.</summary>
    /// <param name="epoch">Its number, from 0.</param>
    /// <param name="batches">The data.</param>
    /// <param name="loss">Loss of head outputs for a batch.</param>
    /// <param name="report">Called after every step.</param>
    /// <param name="stop">Asked before every step.</param>
    /// <returns>The mean loss.</returns>
    /// <exception cref="QuantException">QNT0320: the loss is not finite or has exploded.</exception>
    public double Epoch(int epoch, IEnumerable<TrainingBatch> batches, Func<IReadOnlyDictionary<string, Tensor>, TrainingBatch, Tensor> loss, Action<TrainingStep> report, Func<bool> stop)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(stop);
        var (sum, count) = (0.0, 0);
        foreach (var batch in batches)
        {
            if (stop())
            {
                break;
            }

            var step = Update(epoch, batch, loss);
            Guard(step);
            sum += step.Loss;
            count++;
            report(step);
        }

        return count == 0 ? double.NaN : sum / count;
    }

    /// <summary>Writes the optimizer's moments, so that a later run goes on where this one was.</summary>
    public void Save(string path) => optimizer.Save(path);

    /// <summary>Reads them back.</summary>
    /// <param name="path">Of <see cref="Save"/>.</param>
    /// <param name="step">Steps done by then.</param>
    /// <exception cref="QuantException">QNT0322: the file is damaged, or holds another training's moments.</exception>
    public void Load(string path, int step)
    {
        try
        {
            optimizer.Load(path);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException)
        {
            throw new QuantException(DiagnosticCodes.TrainingStateInvalid, "the stored moments are damaged or of another program version; train without --resume, or remove the folder", new SourceLocation(path), damaged);
        }

        Step = step;
    }

    /// <inheritdoc/>
    public void Dispose() => optimizer.Dispose();

    private TrainingStep Update(int epoch, TrainingBatch batch, Func<IReadOnlyDictionary<string, Tensor>, TrainingBatch, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        var progress = Math.Max(Step / (double)Math.Max(1, options.Epochs * options.StepsPerEpoch), options.TimeUsed?.Invoke() ?? 0);
        var rate = Schedule.Rate(options.Schedule, options.LearningRate, progress);
        optimizer.ZeroGrad();
        var value = loss(model.Forward(batch.Pillars), batch);
        value.backward();
        var result = value.Number();
        // A step with a loss or gradients that are no numbers would destroy the weights that the guard wants to keep.
        var norm = double.IsFinite(result) ? optimizer.Update(rate, rate * options.RangeRate, options.ClipNorm) : double.NaN;
        return new TrainingStep(epoch, Step++, result, rate, norm);
    }

    private void Guard(TrainingStep step)
    {
        if (!double.IsFinite(step.Loss) || !double.IsFinite(step.GradientNorm))
        {
            throw Collapsed($"the loss of step {step.Step} is {step.Loss.ToString(CultureInfo.InvariantCulture)}, its gradient {step.GradientNorm.ToString(CultureInfo.InvariantCulture)}");
        }

        recent.Enqueue(step.Loss);
        if (recent.Count > FirstSteps)
        {
            recent.Dequeue();
        }

        if (recent.Count < FirstSteps)
        {
            return;
        }

        var mean = recent.Average();
        normal ??= mean;
        if (mean > options.ExplosionFactor * normal)
        {
            throw Collapsed(string.Create(CultureInfo.InvariantCulture, $"the mean loss of {FirstSteps} steps rose from {normal:G4} to {mean:G4} by step {step.Step}"));
        }
    }

    private static QuantException Collapsed(string what) => new(
        DiagnosticCodes.TrainingCollapsed, $"training collapsed: {what}; the best checkpoint is kept. Lower the learning rate, and for QAT keep freeze_unquantized on");
}
