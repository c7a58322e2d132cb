using System.Text.Json;
using Deploy.Datasets;
using Deploy.Evaluation;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Xunit;
using static Deploy.Tests.Evaluation.Make;

namespace Deploy.Tests.Evaluation;

public sealed class NuScenesSubmissionTests : IDisposable
{
    private static readonly string[] Classes = ["car", "pedestrian"];
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_box_is_written_in_the_devkits_form_and_the_global_frame()
    {
        // The vehicle stands at (100, 200, 3) and looks along +y.
        var half = Math.Sqrt(0.5);
        var poses = new Dictionary<string, RigidTransform> { ["a"] = new(100, 200, 3, half, 0, 0, half) };
        var frame = Frame([], [Found(10, 0.75, y: 2, label: 1, vx: 4)]) with { DetectionAttributes = ["pedestrian.moving"] };
        var root = Export([frame], poses);

        Assert.Equal([false, true, false, false, false], ((string[])["use_camera", "use_lidar", "use_radar", "use_map", "use_external"]).Select(name => root.GetProperty("meta").GetProperty(name).GetBoolean()));
        var box = root.GetProperty("results").GetProperty("a")[0];
        Near([98, 210, 4], box.GetProperty("translation"));
        Near([2, 4, 1.5], box.GetProperty("size"));
        Near([half, 0, 0, half], box.GetProperty("rotation"));
        Near([0, 4], box.GetProperty("velocity"));
        Assert.Equal("a", box.GetProperty("sample_token").GetString());
        Assert.Equal("pedestrian", box.GetProperty("detection_name").GetString());
        Assert.Equal(0.75, box.GetProperty("detection_score").GetDouble());
        Assert.Equal("pedestrian.moving", box.GetProperty("attribute_name").GetString());
    }

    [Fact]
    public void What_was_exported_is_imported_again_through_a_tilted_pose()
    {
        var tilted = Unit(new RigidTransform(-1000.5, 2000.25, 12, 0.9, 0.02, -0.015, 0.4));
        var poses = new Dictionary<string, RigidTransform> { ["a"] = tilted, ["b"] = RigidTransform.Identity };
        var frames = new[] { Frame([], [Found(10, 0.7, y: -3, yaw: 2.5, vx: 4), Found(-20, 0.3, label: 1, yaw: -3)]), Frame([], [], "b") };
        Export(frames, poses);
        var read = NuScenesSubmission.Import(path, Classes, poses, ["a", "b"]);
        Assert.Empty(read["b"].Detections);
        foreach (var (expected, found) in frames[0].Detections.Zip(read["a"].Detections))
        {
            Assert.Equal(expected.Label, found.Label);
            Assert.Equal(expected.Score, found.Score);
            Assert.Equal(expected.Box.X, found.Box.X, 1e-9);
            Assert.Equal(expected.Box.Y, found.Box.Y, 1e-9);
            Assert.Equal(expected.Box.Z, found.Box.Z, 1e-9);
            Assert.Equal((expected.Box.L, expected.Box.W, expected.Box.H), (found.Box.L, found.Box.W, found.Box.H));
            Assert.Equal(0, Math.Sin((expected.Box.Yaw - found.Box.Yaw) / 2), 1e-9);

            // The form has no vertical velocity, so the tilt costs a little.
            Assert.Equal(expected.Box.Vx, found.Box.Vx, 1e-2);
        }
    }

    [Fact]
    public void A_class_that_nuscenes_does_not_have_cannot_be_submitted()
    {
        var error = Assert.Throws<QuantException>(() => NuScenesSubmission.Export(Stream.Null, [], ["tram"]));
        Assert.Contains("'tram'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"translation\":[1,2,3]", "\"translation\":[1,2]", "translation")]
    [InlineData("\"size\":[2,4,1.5]", "\"size\":[2,0,1.5]", "size")]
    [InlineData("\"rotation\":[1,0,0,0]", "\"rotation\":[0,0,0,0]", "unit quaternion")]
    [InlineData("\"velocity\":[0,0]", "\"velocity\":[0,null]", "velocity")]
    [InlineData("\"detection_name\":\"car\"", "\"detection_name\":\"tram\"", "'tram' is none of car, pedestrian")]
    [InlineData("\"detection_score\":0.5", "\"detection_score\":\"0.5\"", "detection_score")]
    [InlineData("\"sample_token\":\"a\"", "\"sample_token\":\"b\"", "sample_token")]
    [InlineData("\"meta\":{}", "\"meta\":[]", "'meta' and 'results'")]
    [InlineData("\"results\"", "\"result\"", "'meta' and 'results'")]
    [InlineData("]}}", "]}", "not valid JSON")]
    public void A_broken_submission_is_named_with_its_place(string from, string to, string expected)
    {
        const string Good = """{"meta":{},"results":{"a":[{"sample_token":"a","translation":[1,2,3],"size":[2,4,1.5],"rotation":[1,0,0,0],"velocity":[0,0],"detection_name":"car","detection_score":0.5,"attribute_name":""}]}}""";
        File.WriteAllText(path, Good);
        Assert.Single(NuScenesSubmission.Import(path, Classes)["a"].Detections);
        Assert.Contains(from, Good, StringComparison.Ordinal);
        File.WriteAllText(path, Good.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<QuantException>(() => NuScenesSubmission.Import(path, Classes));
        Assert.Equal(DiagnosticCodes.DetectionsFileMalformed, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_that_are_missing_or_unknown_are_counted_and_named()
    {
        File.WriteAllText(path, """{"meta":{},"results":{"a":[],"x":[]}}""");
        var error = Assert.Throws<QuantException>(() => NuScenesSubmission.Import(path, Classes, null, ["a", "b"]));
        Assert.Equal(DiagnosticCodes.ResultsNotPaired, error.Code);
        Assert.Contains("lacks 1 samples (first: b) and has 1 unknown ones (first: x)", error.Message, StringComparison.Ordinal);
    }

    private JsonElement Export(FrameResult[] frames, Dictionary<string, RigidTransform> poses)
    {
        using (var stream = File.Create(path))
        {
            NuScenesSubmission.Export(stream, frames, Classes, poses);
        }

        return JsonDocument.Parse(File.ReadAllText(path)).RootElement;
    }

    private static RigidTransform Unit(RigidTransform pose)
    {
        var n = Math.Sqrt((pose.Qw * pose.Qw) + (pose.Qx * pose.Qx) + (pose.Qy * pose.Qy) + (pose.Qz * pose.Qz));
        return pose with { Qw = pose.Qw / n, Qx = pose.Qx / n, Qy = pose.Qy / n, Qz = pose.Qz / n };
    }

    private static void Near(double[] expected, JsonElement array)
    {
        Assert.Equal(expected.Length, array.GetArrayLength());
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], array[i].GetDouble(), 1e-9);
        }
    }
}
