using Deploy.Datasets.Labels;
using Quant.Core.Models;

namespace Deploy.Datasets.Infos;

/// <summary>
/// Info files since MMDetection3D 1.1 (docs/en/user_guides/dataset_prepare, tools/dataset_converters/update_infos_to_v2.py):
/// boxes are x, y, z of the gravity centre, l, w, h, yaw in the LiDAR frame, KITTI's in the camera frame.
/// </summary>
internal sealed class InfoV2
{
    // mmdet3d/datasets/kitti_dataset.py, METAINFO; its demo files state no classes.
    private static readonly string[] KittiClasses = ["Pedestrian", "Cyclist", "Car", "Van", "Truck", "Person_sitting", "Tram", "Misc"];

    private readonly DatasetOptions options;
    private readonly InfoPaths paths;
    private readonly LabelRules rules;
    private readonly IReadOnlyDictionary<long, string> classes;
    private readonly bool isKitti;

    private InfoV2(InfoValue root, DatasetOptions options)
    {
        (this.options, paths, rules) = (options, new InfoPaths(options), new LabelRules(options));
        var meta = root.Find("metainfo");
        isKitti = string.Equals((meta?.Find("dataset") ?? meta?.Find("DATASET"))?.Text(), "kitti", StringComparison.OrdinalIgnoreCase);
        classes = Classes(meta);
    }

    public static FrameIndex Read(InfoValue root, InfoValue frames, DatasetOptions options)
    {
        var reader = new InfoV2(root, options);
        var entries = frames.Items().Take(options.NumFrames ?? int.MaxValue).Select(reader.Frame).ToList();
        return new(entries, InfoNotes.Unlabelled(entries, root.File), reader.rules.Ignored);
    }

    private Dictionary<long, string> Classes(InfoValue? meta)
    {
        if (meta?.Find("categories") is { } categories)
        {
            return categories.Dict().Keys.ToDictionary(name => (long)categories.Get(name).Number(), name => name);
        }

        var names = (meta?.Find("classes") ?? meta?.Find("CLASSES"))?.Texts() ?? (isKitti ? KittiClasses : []);
        return names.Index().ToDictionary(pair => (long)pair.Index, pair => pair.Item);
    }

    private FrameEntry Frame(InfoValue info)
    {
        var lidar = info.Get("lidar_points");
        var file = paths.Resolve(lidar.Get("lidar_path"));
        var token = (info.Find("token") ?? info.Find("sample_idx") ?? info.Find("sample_id"))?.Value switch
        {
            string text => text,
            long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => Path.GetFileName(file),
        };
        var sweeps = info.Find("lidar_sweeps");
        var objects = info.Find("instances") is { } instances ? rules.Apply([.. instances.Items().Select(item => Object(item, info))]) : null;

        // An empty list of sweeps is not the same to MMDetection3D as none: only the latter is padded.
        return new(token, file, sweeps is { } list ? Sweeps(info, list) : [], Pad: sweeps is null, objects, Pose(info, lidar));
    }

    private List<SweepEntry> Sweeps(InfoValue info, InfoValue list) =>
    [
        .. list.Items().Take(options.SweepsNum).Select(sweep =>
        {
            var points = sweep.Get("lidar_points");
            var lag = info.Get("timestamp").Number() - sweep.Get("timestamp").Number();
            return SweepEntry.FromLidar2Sensor(paths.Resolve(points.Get("lidar_path")), lag, points.Get("lidar2sensor").Finite(16));
        }),
    ];

    private static RigidTransform? Pose(InfoValue info, InfoValue lidar) => info.Find("ego2global") is { } ego && lidar.Find("lidar2ego") is { } mounting
        ? RigidTransform.FromMatrix(ego.Finite(16)).After(RigidTransform.FromMatrix(mounting.Finite(16)))
        : null;

    private RawObject Object(InfoValue item, InfoValue info)
    {
        var label = (long)(item.Find("bbox_label_3d") ?? item.Get("bbox_label")).Number();
        var name = classes.GetValueOrDefault(label) ?? item.Find("gt_nusc_name")?.Text() ?? $"label {label}";
        if (label < 0)
        {
            // Left out by the converter: its class or an attribute was not wanted, whatever the mapping here says.
            name = $"{item.Find("gt_nusc_name")?.Value as string ?? "unnamed"} (label -1)";
        }

        var box = item.Get("bbox_3d").Finite(7);
        var velocity = item.Find("velocity")?.Numbers() ?? [double.NaN, double.NaN];
        var upright = isKitti
            ? KittiBoxes.FromCamera(box, KittiBoxes.CameraToLidar(info))
            : new Box3D(box[0], box[1], box[2], box[3], box[4], box[5], box[6], 0, 0);
        return new(name, upright with { Vx = velocity.Length > 0 ? velocity[0] : double.NaN, Vy = velocity.Length > 1 ? velocity[1] : double.NaN }, Count(item), item.Find("gt_attrs")?.Texts() ?? []);
    }

    private static int Count(InfoValue item) =>
        item.Find("num_lidar_pts") is { } lidar && lidar.Number() is >= 0 and var points ? (int)(points + (item.Find("num_radar_pts")?.Number() ?? 0)) : -1;
}
