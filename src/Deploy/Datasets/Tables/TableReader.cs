using Deploy.Datasets.Labels;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Datasets.Tables;

/// <summary>Reads one data set of the nuScenes schema, which T4 shares.</summary>
internal sealed class TableReader
{
    private readonly TableFolder folder;
    private readonly DatasetOptions options;
    private readonly LabelRules rules;
    private readonly double maxSpeed;
    private readonly DiagnosticBag notes = new();

    private TableReader(TableFolder folder, DatasetOptions options, double maxSpeed) =>
        (this.folder, this.options, this.maxSpeed, rules) = (folder, options, maxSpeed, new LabelRules(options));

    /// <param name="folder">Where it lies.</param>
    /// <param name="options">What to read of it.</param>
    /// <param name="maxFrames">Upper bound.</param>
    /// <param name="maxSpeed">Faster velocities (m/s) are shortened to this.</param>
    /// <exception cref="QuantException">QNT0803 … QNT0815.</exception>
    public static FrameIndex Read(TableFolder folder, DatasetOptions options, int maxFrames, double maxSpeed)
    {
        folder.Require("scene", "sample", "sample_data", "ego_pose", "calibrated_sensor", "sensor");
        return new TableReader(folder, options, maxSpeed).Read(maxFrames);
    }

    private FrameIndex Read(int maxFrames)
    {
        var samples = SampleOrder.Read(folder, notes);
        var lidar = LidarData.Read(folder, options.LidarChannel);
        var moments = Moments(Wanted(samples), lidar, maxFrames);
        var poses = EgoPoses.Read(folder, [.. moments.SelectMany(moment => moment.Sweeps.Prepend(moment.Key))]);
        var timestamps = samples.ToDictionary(sample => sample.Token, sample => sample.Timestamp, StringComparer.Ordinal);
        var annotations = Labels(moments, timestamps);
        var frames = moments.ConvertAll(moment => Frame(moment, lidar, poses, annotations));
        return new(frames, notes.Items, rules.Ignored);
    }

    private IEnumerable<SampleRow> Wanted(IReadOnlyList<SampleRow> samples)
    {
        if (options.Scenes is not { } names)
        {
            return samples;
        }

        var tokens = new HashSet<string>(StringComparer.Ordinal);
        TableFile.Read(folder.Path("scene"), row =>
        {
            if (names.Contains(row.OptionalText("name") ?? ""))
            {
                tokens.Add(row.Text("token"));
            }
        });
        return samples.Where(sample => tokens.Contains(sample.SceneToken));
    }

    private List<Moment> Moments(IEnumerable<SampleRow> samples, LidarData lidar, int maxFrames)
    {
        var moments = new List<Moment>();
        foreach (var sample in samples)
        {
            if (moments.Count == maxFrames)
            {
                break;
            }

            if (!lidar.KeyFrames.TryGetValue(sample.Token, out var key))
            {
                notes.Warning(DiagnosticCodes.FrameWithoutLidar, $"sample '{sample.Token}' has no key frame of the LiDAR and is left out", sample.Place.Locate());
                continue;
            }

            moments.Add(new(sample, key, Sweeps(key, lidar)));
        }

        return moments;
    }

    private List<SampleDataRow> Sweeps(SampleDataRow key, LidarData lidar)
    {
        var sweeps = new List<SampleDataRow>();
        for (var row = key; sweeps.Count < options.SweepsNum && row.Prev.Length > 0;)
        {
            if (!lidar.Rows.TryGetValue(row.Prev, out var previous))
            {
                notes.Warning(DiagnosticCodes.DatasetChainBroken, $"the previous sweep '{row.Prev}' is not in sample_data.json: frame '{key.SampleToken}' has {sweeps.Count} sweeps", row.Place.Locate());
                break;
            }

            if (previous == key || sweeps.Contains(previous))
            {
                throw new QuantException(DiagnosticCodes.DatasetChainBroken, $"the chain of sweeps comes back to '{previous.Token}'", row.Place.Locate());
            }

            sweeps.Add(row = previous);
        }

        return sweeps;
    }

    private ILookup<string, AnnotationRow>? Labels(List<Moment> moments, Dictionary<string, long> timestamps)
    {
        ILookup<string, AnnotationRow>? labels = null;
        if (folder.Has("sample_annotation"))
        {
            folder.Require("instance", "category", "attribute");
            labels = Annotations.Read(folder, moments.Select(moment => moment.Sample.Token).ToHashSet(StringComparer.Ordinal), timestamps, notes);
        }

        if (labels is null)
        {
            notes.Warning(DiagnosticCodes.DatasetUnlabelled, "there are no labels: the frames serve calibration only", new SourceLocation(folder.Path("sample_annotation")));
        }

        return labels;
    }

    private FrameEntry Frame(Moment moment, LidarData lidar, IReadOnlyDictionary<string, RigidTransform> poses, ILookup<string, AnnotationRow>? annotations)
    {
        RigidTransform Pose(SampleDataRow row) => poses[row.EgoPoseToken].After(lidar.Mounting[row.CalibratedSensorToken]);
        var toWorld = Pose(moment.Key);
        var toLidar = toWorld.Inverse();
        var keyTime = moment.Sample.Timestamp / 1e6;
        var sweeps = moment.Sweeps.ConvertAll(row => SweepEntry.FromMotion(File(row), keyTime - (row.Timestamp / 1e6), toLidar.After(Pose(row))));
        var objects = annotations?[moment.Sample.Token].Select(row => new RawObject(row.Category, Box(row, toLidar), row.PointCount, row.Attributes)).ToList();
        return new(moment.Sample.Token, File(moment.Key), sweeps, Pad: true, objects is null ? null : rules.Apply(objects), toWorld);
    }

    private Box3D Box(AnnotationRow row, in RigidTransform toLidar)
    {
        var v = row.Velocity!;
        var box = toLidar.Box(row.Pose, row.Size[1], row.Size[0], row.Size[2], v[0], v[1], v[2]);
        var shorten = maxSpeed / Math.Sqrt((box.Vx * box.Vx) + (box.Vy * box.Vy));
        return shorten < 1 ? box with { Vx = box.Vx * shorten, Vy = box.Vy * shorten } : box;
    }

    private string File(SampleDataRow row) => DataPaths.Resolve(folder.Root, row.FileName, options.AllowPathsOutsideRoot, row.Place.Locate);

    private sealed record Moment(SampleRow Sample, SampleDataRow Key, List<SampleDataRow> Sweeps);
}
