using System.Diagnostics.CodeAnalysis;

namespace Deploy.Datasets;

/// <summary>Frames in order, the next ones loading while the current one is used.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is a stream of frames, not a System.IO.Stream.")]
public static class FrameStream
{
    private const int MostAhead = 4;

    /// <summary>One frame ahead: at most two are in memory. A frame that cannot be loaded throws when its turn comes.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="maxFrames">Upper bound, the first ones are read; <see cref="int.MaxValue"/> for all.</param>
    /// <param name="cancel">Checked before each frame.</param>
    /// <exception cref="Quant.Core.Diagnostics.QuantException">From <see cref="IFrameSource.Load"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IEnumerable<Frame> Read(IFrameSource source, int maxFrames, CancellationToken cancel) => Read(source, maxFrames, frame => frame, 1, cancel);

    /// <summary>What is made of each frame beside the reader: one frame ahead for every four cores, at most four.</summary>
    /// <param name="source">As above.</param>
    /// <param name="maxFrames">As above.</param>
    /// <param name="prepare">Called for several frames at once.</param>
    /// <param name="cancel">As above.</param>
    public static IEnumerable<T> Read<T>(IFrameSource source, int maxFrames, Func<Frame, T> prepare, CancellationToken cancel) =>
        Read(source, maxFrames, prepare, Math.Clamp(Environment.ProcessorCount / 4, 1, MostAhead), cancel);

    private static IEnumerable<T> Read<T>(IFrameSource source, int maxFrames, Func<Frame, T> prepare, int most, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxFrames);
        return Frames(source, Math.Min(source.Count, maxFrames), prepare, most, cancel);
    }

    private static IEnumerable<T> Frames<T>(IFrameSource source, int count, Func<Frame, T> prepare, int most, CancellationToken cancel)
    {
        var ahead = new Queue<Task<T>>();
        var next = 0;
        void Fill(int wanted)
        {
            for (; ahead.Count < wanted && next < count; next++)
            {
                var index = next;
                ahead.Enqueue(Task.Run(() => prepare(source.Load(index)), CancellationToken.None));
            }
        }

        try
        {
            cancel.ThrowIfCancellationRequested();
            Fill(most);
            while (ahead.TryDequeue(out var task))
            {
                var frame = task.GetAwaiter().GetResult();
                Fill(most);
                cancel.ThrowIfCancellationRequested();
                yield return frame;
                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            // Whoever stops early wants no more frames, nor the error of one: only wait until their files are closed.
            Task.WhenAll(ahead).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }
}
