using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>The rows of sample_data.json of one LiDAR, and where that LiDAR sits on the vehicle.</summary>
/// <param name="Rows">By token: key frames and sweeps.</param>
/// <param name="KeyFrames">By sample token.</param>
/// <param name="Mounting">By calibrated sensor token: from the sensor to the vehicle (base_link).</param>
internal sealed record LidarData(
    IReadOnlyDictionary<string, SampleDataRow> Rows, IReadOnlyDictionary<string, SampleDataRow> KeyFrames, IReadOnlyDictionary<string, RigidTransform> Mounting)
{
    private static readonly string[] Preferred = ["LIDAR_TOP", "LIDAR_CONCAT"];

    /// <exception cref="QuantException">QNT0803 … QNT0805, QNT0815.</exception>
    public static LidarData Read(TableFolder folder, string? wanted)
    {
        var channels = new Dictionary<string, (string Channel, bool IsLidar)>(StringComparer.Ordinal);
        TableFile.Read(folder.Path("sensor"), row =>
            channels[row.Text("token")] = (row.Text("channel"), string.Equals(row.Text("modality"), "lidar", StringComparison.OrdinalIgnoreCase)));

        var mounting = new Dictionary<string, RigidTransform>(StringComparer.Ordinal);
        var channelOf = new Dictionary<string, string?>(StringComparer.Ordinal);
        TableFile.Read(folder.Path("calibrated_sensor"), row =>
        {
            var (token, sensor) = (row.Text("token"), row.Text("sensor_token"));
            var (channel, isLidar) = channels.TryGetValue(sensor, out var found) ? found : throw Dangling.Error("sensor_token", sensor, "sensor", row.Place);
            channelOf[token] = isLidar ? channel : null;
            if (isLidar)
            {
                mounting[token] = row.Pose();
            }
        });

        var rows = new SortedDictionary<string, List<SampleDataRow>>(StringComparer.Ordinal);
        TableFile.Read(folder.Path("sample_data"), row =>
        {
            var sensor = row.Text("calibrated_sensor_token");
            var channel = channelOf.TryGetValue(sensor, out var found) ? found : throw Dangling.Error("calibrated_sensor_token", sensor, "calibrated_sensor", row.Place);
            if (channel is not null && (wanted is null || channel == wanted))
            {
                (rows.TryGetValue(channel, out var list) ? list : rows[channel] = []).Add(Data(row, sensor));
            }
        });

        return Index(rows[Choose(folder, rows, wanted)], mounting);
    }

    private static SampleDataRow Data(TableRow row, string sensor) => new(
        row.Text("token"),
        row.Text("sample_token"),
        row.Text("ego_pose_token"),
        sensor,
        row.Text("filename"),
        row.OptionalText("prev") ?? "",
        row.Integer("timestamp"),
        row.Boolean("is_key_frame"),
        row.Place);

    private static string Choose(TableFolder folder, SortedDictionary<string, List<SampleDataRow>> rows, string? wanted)
    {
        var usable = rows.Where(pair => pair.Value.Exists(row => row.IsKeyFrame)).Select(pair => pair.Key).ToList();
        var chosen = wanted ?? Preferred.FirstOrDefault(usable.Contains) ?? (usable.Count == 1 ? usable[0] : null);
        return chosen is not null && usable.Contains(chosen) ? chosen : throw new QuantException(
            DiagnosticCodes.LidarChannelUnclear,
            (wanted, usable.Count) switch
            {
                (not null, _) => $"no key frame of the LiDAR '{wanted}': check dataset.lidar_channel against sensor.json",
                (null, 0) => "no key frame of any LiDAR: sensor.json must name a sensor of modality lidar and sample_data.json its files",
                _ => $"several LiDARs have key frames, {string.Join(", ", usable)}: set dataset.lidar_channel to one of them",
            },
            new SourceLocation(folder.Path("sample_data")));
    }

    private static LidarData Index(List<SampleDataRow> rows, Dictionary<string, RigidTransform> mounting)
    {
        var byToken = new Dictionary<string, SampleDataRow>(rows.Count, StringComparer.Ordinal);
        var keys = new Dictionary<string, SampleDataRow>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            byToken[row.Token] = row;
            if (row.IsKeyFrame)
            {
                keys[row.SampleToken] = row;
            }
        }

        return new(byToken, keys, mounting);
    }
}
