using System.Collections.Concurrent;
using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>One frame ahead, in order, failures in their turn.</summary>
public sealed class FrameStreamTests
{
    [Fact]
    public void Frames_come_in_order_and_no_more_than_asked_for()
    {
        var source = new CountingSource(5);
        Assert.Equal(["0", "1", "2", "3", "4"], FrameStream.Read(source, int.MaxValue, CancellationToken.None).Select(frame => frame.Token));
        Assert.Equal(["0", "1"], FrameStream.Read(source, 2, CancellationToken.None).Select(frame => frame.Token));
        Assert.Empty(FrameStream.Read(source, 0, CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameStream.Read(source, -1, CancellationToken.None));
    }

    [Fact]
    public void At_most_one_frame_is_loaded_ahead()
    {
        var source = new CountingSource(50);
        var used = 0;
        foreach (var frame in FrameStream.Read(source, int.MaxValue, CancellationToken.None))
        {
            used++;
            Assert.InRange(source.Loaded.Count, used, used + 1);
        }

        Assert.Equal(Enumerable.Range(0, 50), source.Loaded.Order());
    }

    [Fact]
    public void A_failure_comes_when_its_frame_is_due_and_not_before()
    {
        var seen = new List<string>();
        var failure = Assert.Throws<QuantException>(() =>
        {
            foreach (var frame in FrameStream.Read(new CountingSource(5) { Bad = 2 }, int.MaxValue, CancellationToken.None))
            {
                seen.Add(frame.Token);
            }
        });
        Assert.Equal(DiagnosticCodes.FrameUnusable, failure.Code);
        Assert.Equal(["0", "1"], seen);
    }

    [Fact]
    public void Whoever_stops_before_the_bad_frame_never_hears_of_it() =>
        Assert.Equal(["0", "1"], FrameStream.Read(new CountingSource(5) { Bad = 2 }, int.MaxValue, CancellationToken.None).Take(2).Select(frame => frame.Token));

    [Fact]
    public void Cancelling_ends_the_stream_before_the_next_frame()
    {
        using var cancel = new CancellationTokenSource();
        var source = new CountingSource(50);
        var seen = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var frame in FrameStream.Read(source, int.MaxValue, cancel.Token))
            {
                if (++seen == 3)
                {
                    cancel.Cancel();
                }
            }
        });
        Assert.Equal(3, seen);
        Assert.InRange(source.Loaded.Count, 3, 4);
    }

    private sealed class CountingSource(int count) : IFrameSource
    {
        public IReadOnlyList<string> Tokens => [];

        public int Bad { get; init; } = -1;

        public ConcurrentBag<int> Loaded { get; } = [];

        public int Count => count;

        public bool HasLabels => false;

        public IReadOnlyList<string> Files => [];

        public IReadOnlyList<Diagnostic> Notes => [];

        public IReadOnlyDictionary<string, int> IgnoredObjects { get; } = new Dictionary<string, int>();

        public Frame Load(int index)
        {
            Loaded.Add(index);
            return index == Bad ? throw new QuantException(DiagnosticCodes.FrameUnusable, "bad") : new Frame($"{index}", "", new PointCloud([], 4), null, 0);
        }

        public RigidTransform? PoseOf(int index) => null;
    }
}
