using Deploy.Datasets.Points;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets;

/// <summary>Every data set once its index is read.</summary>
internal sealed class FrameSource(FrameIndex frames, PointLoader points) : IFrameSource
{
    public int Count => frames.Frames.Count;

    public bool HasLabels { get; } = frames.Frames.All(frame => frame.Objects is not null);

    public IReadOnlyList<string> Tokens { get; } = [.. frames.Frames.Select(frame => frame.Token)];

    public IReadOnlyList<string> Files { get; } = [.. frames.Frames.Select(frame => frame.File)];

    public IReadOnlyList<Diagnostic> Notes => frames.Notes;

    public IReadOnlyDictionary<string, int> IgnoredObjects => frames.IgnoredObjects;

    public Frame Load(int index)
    {
        var entry = frames.Frames[index];
        var (cloud, dropped) = points.Load(entry);
        return new Frame(entry.Token, entry.File, cloud, entry.Objects, dropped);
    }

    public RigidTransform? PoseOf(int index) => frames.Frames[index].Pose;
}
