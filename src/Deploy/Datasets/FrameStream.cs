using System.Diagnostics.CodeAnalysis;

namespace Deploy.Datasets;

/// <summary>Frames in order, the next one loading while the current one is used.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is a stream of frames, not a System.IO.Stream.")]
public static class FrameStream
{
    /// <summary>At most two frames are in memory. A frame that cannot be loaded throws when its turn comes.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="maxFrames">Upper bound, the first ones are read; <see cref="int.MaxValue"/> for all.</param>
    /// <param name="cancel">Checked before each frame.</param>
    /// <exception cref="Quant.Core.Diagnostics.QuantException">From <see cref="IFrameSource.Load"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IEnumerable<Frame> Read(IFrameSource source, int maxFrames, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxFrames);
        return Frames(source, Math.Min(source.Count, maxFrames), cancel);
    }

    private static IEnumerable<Frame> Frames(IFrameSource source, int count, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var ahead = count > 0 ? Task.Run(() => source.Load(0), CancellationToken.None) : null;
        try
        {
            for (var i = 0; i < count; i++)
            {
                var frame = ahead!.GetAwaiter().GetResult();
                var next = i + 1;
                ahead = next < count ? Task.Run(() => source.Load(next), CancellationToken.None) : null;
                cancel.ThrowIfCancellationRequested();
                yield return frame;
                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            // Whoever stops early wants no more frames, nor the error of one: only wait until its file is closed.
            if (ahead is not null)
            {
                Task.WaitAny([ahead], CancellationToken.None);
            }
        }
    }
}
