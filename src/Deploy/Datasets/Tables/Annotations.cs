using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>The labels of some samples, with velocities.</summary>
internal static class Annotations
{
    private const double MaxTimeDifference = 1.5;

    /// <summary>
    /// By sample token, in file order; null when the table is empty, as in a test split. Velocities that the table does not
    /// state come from the neighbours.
    /// </summary>
    /// <exception cref="QuantException">QNT0803 … QNT0805.</exception>
    public static ILookup<string, AnnotationRow>? Read(TableFolder folder, IReadOnlySet<string> samples, IReadOnlyDictionary<string, long> timestamps, DiagnosticBag notes)
    {
        var categories = Categories(folder);
        var attributes = Names(folder, "attribute");
        var rows = new List<AnnotationRow>();
        var places = new Dictionary<string, TablePlace>(StringComparer.Ordinal);
        var empty = true;
        TableFile.Read(folder.Path("sample_annotation"), row =>
        {
            empty = false;
            var sample = row.Text("sample_token");
            if (!timestamps.ContainsKey(sample))
            {
                throw Dangling.Error("sample_token", sample, "sample", row.Place);
            }

            if (samples.Contains(sample))
            {
                var annotation = Annotation(row, sample, categories, attributes);
                rows.Add(annotation);
                places[annotation.Token] = row.Place;
            }
        });

        return empty ? null : WithVelocities(folder, rows, places, timestamps, notes).ToLookup(row => row.SampleToken, StringComparer.Ordinal);
    }

    private static AnnotationRow Annotation(
        TableRow row, string sample, Dictionary<string, string> categories, Dictionary<string, string> attributes)
    {
        var instance = row.Text("instance_token");
        var category = categories.GetValueOrDefault(instance) ?? row.OptionalText("category_name") ?? throw Dangling.Error("instance_token", instance, "instance", row.Place);
        var size = row.Numbers("size", 3);
        if (size.Any(length => length <= 0))
        {
            throw row.Wrong("size", "three lengths above 0 (w, l, h)");
        }

        var lidar = row.Count("num_lidar_pts", -1);
        return new(
            row.Text("token"),
            sample,
            category,
            row.Pose(),
            size,
            row.OptionalNumbers("velocity", 3),
            row.OptionalText("prev") ?? "",
            row.OptionalText("next") ?? "",
            lidar < 0 ? -1 : lidar + row.Count("num_radar_pts", 0),
            [.. row.Texts("attribute_tokens").Select(token => attributes.TryGetValue(token, out var name) ? name : throw Dangling.Error("attribute_tokens", token, "attribute", row.Place))]);
    }

    private static List<AnnotationRow> WithVelocities(
        TableFolder folder, List<AnnotationRow> rows, Dictionary<string, TablePlace> places, IReadOnlyDictionary<string, long> timestamps, DiagnosticBag notes)
    {
        var unknown = rows.Where(row => row.Velocity is null).ToList();
        if (unknown.Count == 0)
        {
            return rows;
        }

        var wanted = unknown.SelectMany(row => (string[])[row.Previous, row.Next]).Where(token => token.Length > 0).ToHashSet(StringComparer.Ordinal);
        var moments = new Dictionary<string, Moment>(StringComparer.Ordinal);
        foreach (var row in rows.Where(row => wanted.Remove(row.Token)))
        {
            moments[row.Token] = new(row.Pose.X, row.Pose.Y, row.Pose.Z, timestamps[row.SampleToken]);
        }

        // Neighbours that lie in samples that are not read.
        if (wanted.Count > 0)
        {
            TableFile.Read(folder.Path("sample_annotation"), row =>
            {
                if (row.Text("token") is var token && wanted.Contains(token))
                {
                    var at = row.Numbers("translation", 3);
                    moments[token] = new(at[0], at[1], at[2], timestamps[row.Text("sample_token")]);
                }
            });
            wanted.ExceptWith(moments.Keys);
        }

        if (wanted.Count > 0)
        {
            var row = unknown.First(row => wanted.Contains(row.Previous) || wanted.Contains(row.Next));
            notes.Warning(
                DiagnosticCodes.DatasetChainBroken,
                $"{wanted.Count} neighbours of annotations are not in sample_annotation.json, the first of '{row.Token}': velocities are taken without them",
                places[row.Token].Locate());
        }

        return rows.ConvertAll(row => row.Velocity is null ? row with { Velocity = Velocity(row, timestamps[row.SampleToken], moments) } : row);
    }

    /// <summary>
    /// The devkit's <c>box_velocity</c> (nuscenes-devkit, python-sdk/nuscenes/nuscenes.py): difference of the neighbours, or of
    /// the one neighbour and the annotation; NaN without neighbours or when they are over 1.5 s (two: 3 s) apart.
    /// </summary>
    private static double[] Velocity(AnnotationRow row, long timestamp, Dictionary<string, Moment> moments)
    {
        var here = new Moment(row.Pose.X, row.Pose.Y, row.Pose.Z, timestamp);
        var hasPrevious = moments.TryGetValue(row.Previous, out var first);
        var hasNext = moments.TryGetValue(row.Next, out var last);
        (first, last) = (hasPrevious ? first : here, hasNext ? last : here);
        var seconds = (1e-6 * last.Timestamp) - (1e-6 * first.Timestamp);
        return seconds > 0 && seconds <= MaxTimeDifference * (hasPrevious && hasNext ? 2 : 1)
            ? [(last.X - first.X) / seconds, (last.Y - first.Y) / seconds, (last.Z - first.Z) / seconds]
            : [double.NaN, double.NaN, double.NaN];
    }

    private static Dictionary<string, string> Categories(TableFolder folder)
    {
        var names = Names(folder, "category");
        var categories = new Dictionary<string, string>(StringComparer.Ordinal);
        TableFile.Read(folder.Path("instance"), row =>
        {
            var category = row.Text("category_token");
            categories[row.Text("token")] = names.TryGetValue(category, out var name) ? name : throw Dangling.Error("category_token", category, "category", row.Place);
        });
        return categories;
    }

    private static Dictionary<string, string> Names(TableFolder folder, string table)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        TableFile.Read(folder.Path(table), row => names[row.Text("token")] = row.Text("name"));
        return names;
    }

    private readonly record struct Moment(double X, double Y, double Z, long Timestamp);
}
