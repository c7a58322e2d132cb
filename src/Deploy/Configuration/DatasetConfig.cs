using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>The <c>dataset</c> section: where frames lie and what their points hold.</summary>
public sealed record DatasetConfig
{
    /// <summary>t4 and nuscenes read tables, mmdet3d_info an info file, folder any .bin files (without labels).</summary>
    [Description("t4 and nuscenes read tables, mmdet3d_info an info file, folder any .bin files (without labels).")]
    [AllowedValues("t4", "nuscenes", "mmdet3d_info", "folder")]
    public string Type { get; init; } = "t4";

    /// <summary>Frames for training; null when nothing is trained.</summary>
    [Description("Frames for training; null when nothing is trained.")]
    public DatasetSplitConfig? Training { get; init; }

    /// <summary>Frames that activation ranges and bias correction come from.</summary>
    [Description("Frames that activation ranges and bias correction come from.")]
    public DatasetSplitConfig? Calibration { get; init; }

    /// <summary>Labelled frames for accuracy, comparison and latency.</summary>
    [Description("Labelled frames for accuracy, comparison and latency.")]
    public DatasetSplitConfig? Validation { get; init; }

    /// <summary>Float32 columns of a point file, in order.</summary>
    [Description("Float32 columns of a point file, in order.")]
    [Length(3, 16)]
    public IReadOnlyList<string> PointColumns { get; init; } = ["x", "y", "z", "intensity", "ring"];

    /// <summary>Columns that the model reads, by name, x, y, z first; time is the age in seconds, 0 for the key frame.</summary>
    [Description("Columns that the model reads, by name, x, y, z first; time is the age in seconds, 0 for the key frame.")]
    [Length(3, 16)]
    [AlsoAccepts("AWML's column indices; index 4 is the time lag, as MMDetection3D overwrites that column", """{"type":["array","integer"],"items":{"type":"integer","minimum":0}}""")]
    public IReadOnlyList<string> UseDim { get; init; } = ["x", "y", "z", "time"];

    /// <summary>Past sweeps added to a key frame.</summary>
    [Description("Past sweeps added to a key frame.")]
    [Range(0, 100)]
    public int SweepsNum { get; init; } = 0;

    /// <summary>Drop points of sweeps with |x| &lt; 1 m and |y| &lt; 1 m, as MMDetection3D does.</summary>
    [Description("Drop points of sweeps with |x| < 1 m and |y| < 1 m, as MMDetection3D does.")]
    public bool RemoveClose { get; init; } = true;

    /// <summary>Repeat the key frame where a frame has no past sweeps, as MMDetection3D does.</summary>
    [Description("Repeat the key frame where a frame has no past sweeps, as MMDetection3D does.")]
    public bool PadEmptySweeps { get; init; } = true;

    /// <summary>Sensor channel of the tables, such as LIDAR_TOP; null takes the only LiDAR.</summary>
    [Description("Sensor channel of the tables, such as LIDAR_TOP; null takes the only LiDAR.")]
    [FileName]
    public string? LidarChannel { get; init; }

    /// <summary>Category of the data set to class of the model; unmapped categories keep their names; null takes the type's own table, {} none.</summary>
    [Description("Category of the data set to class of the model; unmapped categories keep their names; null takes the type's own table, {} none.")]
    public IReadOnlyDictionary<string, string>? NameMapping { get; init; }

    /// <summary>Class to the classes whose connected objects become one, the longer extended: {truck: [truck, trailer]}; null takes the type's own, {} none.</summary>
    [Description("Class to the classes whose connected objects become one, the longer extended: {truck: [truck, trailer]}; null takes the type's own, {} none.")]
    [AlsoAccepts("AWML's pairs: [[truck, [truck, trailer]]]", """{"type":"array"}""")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? MergeObjects { get; init; }

    /// <summary>Category to attributes; labels of the category with one of them are left out; null takes the type's own, {} none.</summary>
    [Description("Category to attributes; labels of the category with one of them are left out; null takes the type's own, {} none.")]
    [AlsoAccepts("AWML's pairs: [[vehicle.bicycle, vehicle_state.parked]]", """{"type":"array"}""")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? FilterAttributes { get; init; }
}
