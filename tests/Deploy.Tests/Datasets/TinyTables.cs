using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Deploy.Datasets;
using Testing;

namespace Deploy.Tests.Datasets;

/// <summary>
/// A hand-made data set in the nuScenes schema that a test changes before it is written: two samples 0.5 s apart, a sweep
/// between them, one car. Every file holds the point (10, 0, 1) and (0.5, 0.5, 0).
/// </summary>
internal sealed class TinyTables : IDisposable
{
    private readonly TempFolder folder = new();

    public TinyTables()
    {
        Add("sensor", """{"token":"lidar","channel":"LIDAR_TOP","modality":"lidar"}""");
        Add("sensor", """{"token":"camera","channel":"CAM_FRONT","modality":"camera"}""");
        Add("calibrated_sensor", """{"token":"lidar-cal","sensor_token":"lidar","translation":[0,0,0],"rotation":[1,0,0,0]}""");
        Add("calibrated_sensor", """{"token":"camera-cal","sensor_token":"camera","translation":[1,0,0],"rotation":[1,0,0,0]}""");
        Add("scene", """{"token":"scene","first_sample_token":"s0","last_sample_token":"s1","nbr_samples":2,"name":"scene"}""");
        Add("sample", """{"token":"s1","scene_token":"scene","timestamp":1500000,"prev":"s0","next":""}""");
        Add("sample", """{"token":"s0","scene_token":"scene","timestamp":1000000,"prev":"","next":"s1"}""");
        foreach (var (name, time) in new[] { ("p0", 1_000_000), ("p1", 1_400_000), ("p2", 1_500_000) })
        {
            Add("ego_pose", $$"""{"token":"{{name}}","timestamp":{{time}},"translation":[0,0,0],"rotation":[1,0,0,0]}""");
        }

        Add("sample_data", Data("d0", "s0", "p0", 1_000_000, key: true, prev: ""));
        Add("sample_data", Data("d1", "s1", "p1", 1_400_000, key: false, prev: "d0"));
        Add("sample_data", Data("d2", "s1", "p2", 1_500_000, key: true, prev: "d1"));
        Add("sample_data", """{"token":"c0","sample_token":"s0","ego_pose_token":"p0","calibrated_sensor_token":"camera-cal","filename":"data/CAM_FRONT/c0.jpg","timestamp":1000000,"is_key_frame":true,"prev":"","next":""}""");
        Add("category", """{"token":"cat","name":"car"}""");
        Add("attribute", """{"token":"parked","name":"vehicle_state.parked"}""");
        Add("instance", """{"token":"i0","category_token":"cat"}""");
        Add("sample_annotation", Annotation("a0", "s0", [10, 0, 1], next: "a1"));
        Add("sample_annotation", Annotation("a1", "s1", [12, 1, 1], prev: "a0"));
        foreach (var name in new[] { "d0", "d1", "d2" })
        {
            Points(name, 10, 0, 1, 7, 3, 0.5f, 0.5f, 0, 8, 4);
        }
    }

    public string Root => folder.Path;

    public Dictionary<string, List<JsonObject>> Tables { get; } = [];

    public DatasetOptions Options => new() { Type = "t4", Root = Root, ClassNames = ["car", "truck", "bus", "bicycle", "pedestrian"] };

    public static string Data(string token, string sample, string pose, long time, bool key, string prev) =>
        $$"""{"token":"{{token}}","sample_token":"{{sample}}","ego_pose_token":"{{pose}}","calibrated_sensor_token":"lidar-cal","filename":"data/LIDAR_TOP/{{token}}.pcd.bin","timestamp":{{time}},"is_key_frame":{{(key ? "true" : "false")}},"prev":"{{prev}}","next":""}""";

    public static string Annotation(string token, string sample, double[] at, string prev = "", string next = "") =>
        $$"""{"token":"{{token}}","sample_token":"{{sample}}","instance_token":"i0","attribute_tokens":[],"translation":[{{string.Join(",", at)}}],"size":[2,4,1.5],"rotation":[1,0,0,0],"num_lidar_pts":5,"num_radar_pts":2,"prev":"{{prev}}","next":"{{next}}"}""";

    public void Add(string table, string row)
    {
        if (!Tables.TryGetValue(table, out var rows))
        {
            Tables[table] = rows = [];
        }

        rows.Add(JsonNode.Parse(row)!.AsObject());
    }

    /// <summary>An object of the first sample, with a category, attributes and an instance of its own.</summary>
    public void Add(TableObject item)
    {
        var token = $"object{Tables["sample_annotation"].Count}";
        Add("category", $$"""{"token":"{{token}}","name":"{{item.Category}}"}""");
        Add("instance", $$"""{"token":"{{token}}","category_token":"{{token}}"}""");
        foreach (var attribute in item.Attributes)
        {
            Add("attribute", $$"""{"token":"{{token}}","name":"{{attribute}}"}""");
        }

        var (b, half) = (item.Box, item.Box.Yaw / 2);
        Add("sample_annotation", Annotation(token, "s0", [b.X, b.Y, b.Z]));
        var row = Row("sample_annotation", token);
        row["instance_token"] = token;
        row["attribute_tokens"] = new JsonArray([.. item.Attributes.Select(_ => JsonValue.Create(token))]);
        row["size"] = new JsonArray(b.W, b.L, b.H);
        row["rotation"] = new JsonArray(Math.Cos(half), 0, 0, Math.Sin(half));
        row["velocity"] = new JsonArray(b.Vx, b.Vy, 0);
        row["num_lidar_pts"] = item.PointCount;
        row["num_radar_pts"] = 0;
    }

    public JsonObject Row(string table, string token) => Tables[table].Single(row => (string?)row["token"] == token);

    public void Set(string table, string token, string field, string json) => Row(table, token)[field] = JsonNode.Parse(json);

    public void Points(string name, params float[] values) => Bytes(name, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public void Bytes(string name, byte[] bytes)
    {
        var path = Path.Combine(Root, "data", "LIDAR_TOP", name + ".pcd.bin");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    public string TablePath(string table) => Path.Combine(Root, "annotation", table + ".json");

    /// <summary>Writes the tables, one row a line; the first row is on line 2.</summary>
    public TinyTables Write()
    {
        Directory.CreateDirectory(Path.Combine(Root, "annotation"));
        foreach (var (table, rows) in Tables)
        {
            File.WriteAllText(TablePath(table), "[\n" + string.Join(",\n", rows.Select(row => row.ToJsonString())) + "\n]\n");
        }

        return this;
    }

    public IFrameSource Open(Func<DatasetOptions, DatasetOptions>? change = null) => FrameSources.Open((change ?? (options => options))(Options));

    public void Dispose() => folder.Dispose();
}
