using System.Text.Json;
using Deploy.Datasets;
using Deploy.Evaluation;
using Quant.Core.Models;

namespace Deploy.Tests.Evaluation;

/// <summary>The simulated validation set's labels (identity poses) with the golden FP32 detections of an independent implementation.</summary>
internal sealed record SimulatedSet(IReadOnlyList<FrameResult> Frames, JsonElement Golden)
{
    public static readonly string[] Classes = ["car", "truck", "bus", "bicycle", "pedestrian"];

    public static SimulatedSet Load()
    {
        var annotation = SharedFolder.Require("data/sim/sim_validation/annotation");
        var golden = Read(SharedFolder.Require("golden/sim_validation_fp32.json"));
        JsonElement Table(string name) => Read(Path.Combine(annotation, name + ".json"));

        var categories = Table("category").EnumerateArray().ToDictionary(row => Text(row, "token"), row => Array.IndexOf(Classes, Text(row, "name")));
        var instances = Table("instance").EnumerateArray().ToDictionary(row => Text(row, "token"), row => categories[Text(row, "category_token")]);
        var truths = Table("sample_annotation").EnumerateArray().ToLookup(row => Text(row, "sample_token"), row => Truth(row, instances));
        var frames = Table("sample").EnumerateArray().Select((row, i) => new FrameResult(
            Text(row, "token"),
            [.. truths[Text(row, "token")]],
            [.. golden.GetProperty("detections")[i].EnumerateArray().Select(Detection)]));
        return new SimulatedSet([.. frames], golden);
    }

    private static GroundTruth Truth(JsonElement row, Dictionary<string, int> instances)
    {
        var t = Numbers(row.GetProperty("translation"));
        var wlh = Numbers(row.GetProperty("size"));
        var q = Numbers(row.GetProperty("rotation"));
        var v = Numbers(row.GetProperty("velocity"));
        var yaw = Math.Atan2(2 * ((q[0] * q[3]) + (q[1] * q[2])), 1 - (2 * ((q[2] * q[2]) + (q[3] * q[3]))));
        return new GroundTruth(
            instances[Text(row, "instance_token")],
            new Box3D(t[0], t[1], t[2], wlh[1], wlh[0], wlh[2], yaw, v[0], v[1]),
            row.GetProperty("num_lidar_pts").GetInt32(),
            []);
    }

    private static Detection Detection(JsonElement row)
    {
        var v = Numbers(row);
        return new Detection((int)v[0], (float)v[10], new Box3D(v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]));
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
}
