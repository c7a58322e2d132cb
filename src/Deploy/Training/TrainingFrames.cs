using Deploy.Configuration;
using Deploy.Datasets;
using Quant.Core.Models;
using Quant.Core.Training;

namespace Deploy.Training;

/// <summary>
/// Training frames as batches. Each frame's change is drawn from seed, epoch and index alone and frames come in a fixed order, so that the number of
/// threads that prepare them changes nothing.
/// </summary>
/// <param name="Source">The frames.</param>
/// <param name="Model">Grid and tasks.</param>
/// <param name="Config">Targets and augmentation.</param>
/// <param name="BatchSize">Frames of a step.</param>
/// <param name="Labelled">True: with targets.</param>
/// <param name="Seed">Of order and changes.</param>
/// <param name="Workers">Frames prepared at once.</param>
public sealed record TrainingFrames(IFrameSource Source, ModelConfig Model, TrainConfig Config, int BatchSize, bool Labelled, int Seed, int Workers)
{
    /// <summary>Full batches of one epoch; at least one.</summary>
    public int StepsPerEpoch => Math.Max(1, Source.Count / BatchSize);

    /// <summary>The batches of an epoch; frames that would not fill the last one are left out.</summary>
    public IEnumerable<TrainingBatch> Epoch(int epoch, CancellationToken cancel)
    {
        var order = Enumerable.Range(0, Source.Count).ToArray();
        new Random(Mix(epoch, -1)).Shuffle(order);
        var frames = new List<(PillarBatch Pillars, IReadOnlyList<TaskTarget>? Targets)>(BatchSize);
        var batches = 0;
        foreach (var frame in InOrder(order.Select(index => new Func<(PillarBatch, IReadOnlyList<TaskTarget>?)>(() => Prepare(epoch, index))), cancel))
        {
            if (frame.Item1.Count == 0)
            {
                continue;
            }

            frames.Add(frame);
            if (frames.Count == BatchSize || (batches == 0 && frames.Count == Source.Count))
            {
                batches++;
                yield return new TrainingBatch(PillarBatch.Join([.. frames.Select(item => item.Pillars)]), Labelled ? [.. frames.Select(item => item.Targets!)] : null);
                frames.Clear();
            }
        }
    }

    private (PillarBatch Pillars, IReadOnlyList<TaskTarget>? Targets) Prepare(int epoch, int index)
    {
        var random = new Random(Mix(epoch, index));
        var frame = Augmentation.Draw(Config.Augmentation, random).Apply(Source.Load(index));
        var objects = (frame.Objects ?? []).Where(item => item.PointCount < 0 || item.PointCount >= Config.MinPoints).Select(item => (item.Label, item.Box)).ToList();
        return (Voxelizer.Voxelize(frame.Points, Model), Labelled ? TargetBuilder.Build(objects, Model, Config.GaussianOverlap, Config.MinRadius) : null);
    }

    /// <summary>Runs a few jobs ahead and gives their results in order.</summary>
    private IEnumerable<T> InOrder<T>(IEnumerable<Func<T>> jobs, CancellationToken cancel)
    {
        var ahead = new Queue<Task<T>>();
        foreach (var job in jobs)
        {
            cancel.ThrowIfCancellationRequested();
            ahead.Enqueue(Task.Run(job, cancel));
            if (ahead.Count > Workers)
            {
                yield return ahead.Dequeue().GetAwaiter().GetResult();
            }
        }

        while (ahead.Count > 0)
        {
            yield return ahead.Dequeue().GetAwaiter().GetResult();
        }
    }

    /// <summary>A seed for each frame of each epoch, stable over processes.</summary>
    private int Mix(int epoch, int index) => unchecked((((Seed * 486187739) + epoch) * 486187739) + index);
}
