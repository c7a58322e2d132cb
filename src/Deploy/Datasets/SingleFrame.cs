using Deploy.Datasets.Points;

namespace Deploy.Datasets;

/// <summary>One point file outside any data set.</summary>
public static class SingleFrame
{
    /// <summary>Loads it without labels and without sweeps.</summary>
    public static Frame Load(DatasetOptions options, string file)
    {
        var path = Path.GetFullPath(file);
        var (points, dropped) = new PointLoader(options).Load(new FrameEntry(Path.GetFileName(path), path, [], Pad: true, null, null));
        return new Frame(Path.GetFileName(path), path, points, null, dropped);
    }
}
