using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>One set of frames.</summary>
public sealed record DatasetSplitConfig
{
    /// <summary>Folder of the data: a T4 data set, the nuScenes root that holds the version folder, the data_root of info files, or a folder of .bin files.</summary>
    [Description("Folder of the data: a T4 data set, the nuScenes root that holds the version folder, the data_root of info files, or a folder of .bin files.")]
    [ConfigPath]
    public string? Root { get; init; }

    /// <summary>Upper bound of the frames read; null reads all.</summary>
    [Description("Upper bound of the frames read; null reads all.")]
    [Range(1, int.MaxValue)]
    public int? NumFrames { get; init; }

    /// <summary>Folder of the tables inside root: v1.0-mini and the like for nuScenes; null finds it.</summary>
    [Description("Folder of the tables inside root: v1.0-mini and the like for nuScenes; null finds it.")]
    [FileName]
    public string? Version { get; init; }

    /// <summary>Names of the scenes read (t4, nuscenes): one release of nuScenes holds train and val; null reads all.</summary>
    [Description("Names of the scenes read (t4, nuscenes): one release of nuScenes holds train and val; null reads all.")]
    public IReadOnlyList<string>? Scenes { get; init; }

    /// <summary>MMDetection3D info file (.pkl); required for type mmdet3d_info.</summary>
    [Description("MMDetection3D info file (.pkl); required for type mmdet3d_info.")]
    [ConfigPath]
    public string? AnnFile { get; init; }
}
