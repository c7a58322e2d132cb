using Deploy.Datasets.Labels;
using Quant.Core.Models;

namespace Deploy.Datasets.Infos;

/// <summary>
/// nuScenes info files before MMDetection3D 1.1 (tools/data_converter/nuscenes_converter.py), sorted by time as its dataset
/// class did. Boxes are of the gravity centre: x, y, z, l, w, h, yaw from 1.0 on; x, y, z, w, l, h, −yaw − π/2 before.
/// </summary>
internal sealed class InfoV1(DatasetOptions options, bool legacyBoxes)
{
    private static readonly string[] LongClasses = ["car", "truck", "bus", "trailer"];
    private readonly InfoPaths paths = new(options);
    private readonly LabelRules rules = new(options);

    public static FrameIndex Read(InfoValue infos, DatasetOptions options)
    {
        var all = infos.Items();
        var reader = new InfoV1(options, HasLegacyBoxes(all));
        var entries = all.OrderBy(info => info.Get("timestamp").Number()).Take(options.NumFrames ?? int.MaxValue).Select(reader.Frame).ToList();
        return new(entries, InfoNotes.Unlabelled(entries, infos.File), reader.rules.Ignored);
    }

    /// <summary>The files do not state the convention; but vehicles are longer than wide.</summary>
    private static bool HasLegacyBoxes(IEnumerable<InfoValue> infos)
    {
        var longer = 0;
        foreach (var info in infos.Where(info => info.Find("gt_boxes") is not null))
        {
            var (boxes, names) = (info.Get("gt_boxes").Numbers(), info.Get("gt_names").Texts());
            for (var i = 0; i < names.Length && (7 * i) + 4 < boxes.Length; i++)
            {
                longer += LongClasses.Contains(names[i]) ? Math.Sign(boxes[(7 * i) + 3] - boxes[(7 * i) + 4]) : 0;
            }
        }

        return longer < 0;
    }

    private FrameEntry Frame(InfoValue info)
    {
        var time = info.Get("timestamp").Number() / 1e6;
        var sweeps = info.Find("sweeps")?.Items().Take(options.SweepsNum).Select(sweep => new SweepEntry(
            paths.Resolve(sweep.Get("data_path")),
            time - (sweep.Get("timestamp").Number() / 1e6),
            sweep.Get("sensor2lidar_rotation").Finite(9),
            sweep.Get("sensor2lidar_translation").Finite(3)));
        return new(
            info.Get("token").Text(),
            paths.Resolve(info.Get("lidar_path")),
            [.. sweeps ?? []],
            Pad: true,
            info.Find("gt_boxes") is null ? null : rules.Apply(Objects(info)),
            Pose(info));
    }

    private static RigidTransform? Pose(InfoValue info) => info.Find("ego2global_rotation") is { } turn && info.Find("lidar2ego_rotation") is { } mounting
        ? RigidTransform.From(info.Get("ego2global_translation").Finite(3), turn.Finite(4))
            .After(RigidTransform.From(info.Get("lidar2ego_translation").Finite(3), mounting.Finite(4)))
        : null;

    private List<RawObject> Objects(InfoValue info)
    {
        var names = info.Get("gt_names").Texts();
        var boxes = info.Get("gt_boxes").Finite(7 * names.Length);
        var velocities = info.Find("gt_velocity")?.Numbers() ?? [.. Enumerable.Repeat(double.NaN, 2 * names.Length)];
        var lidar = info.Find("num_lidar_pts")?.Numbers() ?? [.. Enumerable.Repeat(-1.0, names.Length)];
        var radar = info.Find("num_radar_pts")?.Numbers() ?? new double[names.Length];
        if (velocities.Length != 2 * names.Length || lidar.Length != names.Length || radar.Length != names.Length)
        {
            throw info.Wrong($"a frame whose gt_velocity, num_lidar_pts and num_radar_pts fit its {names.Length} gt_names");
        }

        var objects = new List<RawObject>(names.Length);
        for (var i = 0; i < names.Length; i++)
        {
            var box = boxes.AsSpan(7 * i, 7);
            var (l, w, yaw) = legacyBoxes ? (box[4], box[3], Math.IEEERemainder(-box[6] - (Math.PI / 2), 2 * Math.PI)) : (box[3], box[4], box[6]);
            var upright = new Box3D(box[0], box[1], box[2], l, w, box[5], yaw, velocities[2 * i], velocities[(2 * i) + 1]);
            objects.Add(new(names[i], upright, lidar[i] < 0 ? -1 : (int)(lidar[i] + radar[i]), []));
        }

        return objects;
    }
}
