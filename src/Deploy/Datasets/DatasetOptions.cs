namespace Deploy.Datasets;

/// <summary>What <see cref="FrameSources.Open"/> reads: one set of frames.</summary>
public sealed record DatasetOptions
{
    /// <summary><c>t4</c>, <c>nuscenes</c>, <c>mmdet3d_info</c> or <c>folder</c>.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// t4: a data set (holds <c>annotation/</c>) or a folder of data sets; nuscenes: the folder that holds <c>v1.0-*/</c> and
    /// <c>samples/</c>; mmdet3d_info: what the paths in the info file are relative to; folder: the folder of point files.
    /// </summary>
    public required string Root { get; init; }

    /// <summary>The <c>*_infos_*.pkl</c> of type mmdet3d_info.</summary>
    public string? InfoFile { get; init; }

    /// <summary>Folder of the tables inside <see cref="Root"/>; null finds it.</summary>
    public string? Version { get; init; }

    /// <summary>Channel of the key frames; null takes LIDAR_TOP, LIDAR_CONCAT or the only LiDAR, in this order.</summary>
    public string? LidarChannel { get; init; }

    /// <summary>Upper bound of the frames, the first in the data set's order; null for all.</summary>
    public int? NumFrames { get; init; }

    /// <summary>Float32 columns of a point file, x, y, z first.</summary>
    public IReadOnlyList<string> PointColumns { get; init; } = ["x", "y", "z", "intensity", "ring"];

    /// <summary>
    /// Columns that the model reads, x, y, z first: names of <see cref="PointColumns"/> and <c>time</c>, the age of a point in
    /// seconds, 0 in the key frame. MMDetection3D writes the age over column 4, so its index 4 is <c>time</c> here, and
    /// <c>ring</c> is the value in the file. A file that has a <c>time</c> column keeps it while <see cref="SweepsNum"/> is 0.
    /// </summary>
    public IReadOnlyList<string> UseDim { get; init; } = ["x", "y", "z", "time"];

    /// <summary>Past sweeps added to a key frame, nearest first.</summary>
    public int SweepsNum { get; init; }

    /// <summary>Drops points of sweeps with |x| &lt; 1 m and |y| &lt; 1 m, before they are moved into the key frame.</summary>
    public bool RemoveClose { get; init; } = true;

    /// <summary>Repeats the key frame <see cref="SweepsNum"/> times where it has no past sweeps.</summary>
    public bool PadEmptySweeps { get; init; } = true;

    /// <summary>Names of the scenes read, as scene.json has them (nuScenes' train and val lists); null reads all. Tables only.</summary>
    public IReadOnlyList<string>? Scenes { get; init; }

    /// <summary>Points kept: strictly inside [x_min, y_min, z_min, x_max, y_max, z_max] (m); null keeps all.</summary>
    public IReadOnlyList<float>? PointCloudRange { get; init; }

    /// <summary>The model's classes; labels index this list.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Category to class, unmapped ones keep their names; null takes the type's own (<see cref="LabelDefaults"/>).</summary>
    public IReadOnlyDictionary<string, string>? NameMapping { get; init; }

    /// <summary>Class to the two classes whose touching objects become one of it; null takes the type's own.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? MergeObjects { get; init; }

    /// <summary>Category to attributes; objects of the category with one of them are left out; null takes the type's own.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? FilterAttributes { get; init; }

    /// <summary>Accepts absolute paths, and paths outside <see cref="Root"/>, from tables and info files.</summary>
    public bool AllowPathsOutsideRoot { get; init; }
}
