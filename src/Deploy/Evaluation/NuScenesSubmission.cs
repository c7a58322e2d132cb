using System.Text.Json;
using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>
/// nuScenes' detection submission (devkit, <c>eval/detection/README.md</c>, "Results format"): <c>meta</c> and <c>results</c>, boxes in the
/// global frame with size (w, l, h) and rotation (w, x, y, z).
/// </summary>
public static class NuScenesSubmission
{
    private const int MaxProblems = 20;
    private static readonly string[] ResultClasses = [.. NuScenesClasses.Ranges.Keys];

    /// <summary>Writes all frames; a sample without detections has an empty list. An unknown velocity is written as 0.</summary>
    /// <param name="output">Receives UTF-8 JSON.</param>
    /// <param name="frames">What a model found.</param>
    /// <param name="classNames">The classes that labels index; each must be one of nuScenes' ten.</param>
    /// <param name="poses">Pose of each sample's frame in the world by token; null when the boxes are global already.</param>
    /// <exception cref="QuantException">QNT0610: a class that nuScenes does not have. QNT0613: a sample without a pose.</exception>
    public static void Export(
        Stream output, IReadOnlyList<FrameResult> frames, IReadOnlyList<string> classNames, IReadOnlyDictionary<string, RigidTransform>? poses = null)
    {
        foreach (var name in classNames.Where(name => !ResultClasses.Contains(name)))
        {
            throw new QuantException(
                DiagnosticCodes.MetricOptionsInvalid, $"nuScenes has no detection class '{name}'; its classes are {string.Join(", ", ResultClasses)}");
        }

        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteStartObject("meta");
        foreach (var input in (string[])["use_camera", "use_lidar", "use_radar", "use_map", "use_external"])
        {
            writer.WriteBoolean(input, input == "use_lidar");
        }

        writer.WriteEndObject();
        writer.WriteStartObject("results");
        foreach (var frame in frames)
        {
            var pose = Pose(poses, frame.Token);
            writer.WriteStartArray(frame.Token);
            for (var i = 0; i < frame.Detections.Count; i++)
            {
                WriteBox(writer, frame, i, classNames[frame.Detections[i].Label], pose);
            }

            writer.WriteEndArray();
            writer.Flush();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Reads a submission back into the samples' own frames, by token.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classNames">The classes that labels shall index.</param>
    /// <param name="poses">As in <see cref="Export"/>.</param>
    /// <param name="expected">Tokens that must all be there, and no others; null accepts any.</param>
    /// <param name="maxBoxesPerFrame">The devkit's limit.</param>
    /// <exception cref="QuantException">QNT0612 with every defect found (at most 20); QNT0613 when the samples are not the expected ones.</exception>
    public static IReadOnlyDictionary<string, SubmittedFrame> Import(
        string path,
        IReadOnlyList<string> classNames,
        IReadOnlyDictionary<string, RigidTransform>? poses = null,
        IReadOnlyCollection<string>? expected = null,
        int maxBoxesPerFrame = 500)
    {
        using var document = StoredJson.Open(path);
        var file = new SourceLocation(path);
        var bag = new DiagnosticBag();
        if (!StoredJson.Member(document.RootElement, "results", JsonValueKind.Object, out var results)
            || !StoredJson.Member(document.RootElement, "meta", JsonValueKind.Object, out _))
        {
            throw new QuantException(DiagnosticCodes.DetectionsFileMalformed, "a submission is an object with the objects 'meta' and 'results'", file);
        }

        var frames = new Dictionary<string, SubmittedFrame>(StringComparer.Ordinal);
        foreach (var sample in results.EnumerateObject())
        {
            if (sample.Value.ValueKind != JsonValueKind.Array || sample.Value.GetArrayLength() > maxBoxesPerFrame)
            {
                bag.Error(DiagnosticCodes.DetectionsFileMalformed, $"results['{sample.Name}'] must be an array of at most {maxBoxesPerFrame} boxes", file);
            }
            else if (!frames.TryAdd(sample.Name, ReadSample(sample.Name, sample.Value, [.. classNames], Pose(poses, sample.Name).Inverse(), bag, file)))
            {
                bag.Error(DiagnosticCodes.DetectionsFileMalformed, $"results['{sample.Name}'] is there twice", file);
            }

            if (bag.Items.Count >= MaxProblems)
            {
                break;
            }
        }

        bag.ThrowIfErrors();
        CheckTokens(frames, expected, file);
        return frames;
    }

    private static void WriteBox(Utf8JsonWriter writer, FrameResult frame, int index, string className, in RigidTransform pose)
    {
        var local = frame.Detections[index].Box;
        var placed = pose.After(RigidTransform.Upright(local.X, local.Y, local.Z, local.Yaw));
        var (vx, vy, _) = pose.Rotate(local.Vx, local.Vy, 0);
        writer.WriteStartObject();
        writer.WriteString("sample_token", frame.Token);
        WriteArray(writer, "translation", placed.X, placed.Y, placed.Z);
        WriteArray(writer, "size", local.W, local.L, local.H);
        WriteArray(writer, "rotation", placed.Qw, placed.Qx, placed.Qy, placed.Qz);
        WriteArray(writer, "velocity", double.IsFinite(vx) ? vx : 0, double.IsFinite(vy) ? vy : 0);
        writer.WriteString("detection_name", className);
        writer.WriteNumber("detection_score", (double)frame.Detections[index].Score);
        writer.WriteString("attribute_name", frame.DetectionAttributes?[index] ?? string.Empty);
        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, params ReadOnlySpan<double> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    private static SubmittedFrame ReadSample(
        string token, JsonElement boxes, string[] classNames, RigidTransform toLocal, DiagnosticBag bag, SourceLocation file)
    {
        var detections = new List<Detection>();
        var attributes = new List<string>();
        var i = 0;
        foreach (var box in boxes.EnumerateArray())
        {
            var where = $"results['{token}'][{i++}]";
            void Problem(string text) => bag.Error(DiagnosticCodes.DetectionsFileMalformed, $"{where}{text}", file);

            if (bag.Items.Count >= MaxProblems)
            {
                break;
            }

            var translation = StoredJson.Numbers(box, "translation", 3);
            var size = StoredJson.Numbers(box, "size", 3);
            var rotation = StoredJson.Numbers(box, "rotation", 4);
            var velocity = StoredJson.Numbers(box, "velocity", 2);
            var name = StoredJson.Member(box, "detection_name", JsonValueKind.String, out var nameElement) ? nameElement.GetString()! : string.Empty;
            var label = Array.IndexOf(classNames, name);
            var score = StoredJson.Member(box, "detection_score", JsonValueKind.Number, out var scoreElement) ? (float)scoreElement.GetDouble() : float.NaN;
            if (!StoredJson.Member(box, "sample_token", JsonValueKind.String, out var ownToken) || ownToken.GetString() != token)
            {
                Problem(".sample_token is not the sample it is listed under");
            }
            else if (translation is null || velocity is null || size is null || size.Any(side => side <= 0))
            {
                Problem(" needs translation (3 finite numbers), size (3 positive numbers: w, l, h) and velocity (2 finite numbers)");
            }
            else if (rotation is null || Math.Abs(rotation.Sum(q => q * q) - 1) > 1e-3)
            {
                Problem(".rotation must be a unit quaternion (w, x, y, z)");
            }
            else if (label < 0)
            {
                Problem($".detection_name '{name}' is none of {string.Join(", ", classNames)}");
            }
            else if (!float.IsFinite(score))
            {
                Problem(".detection_score must be a finite number");
            }
            else
            {
                // The whole orientation goes back: the vehicle may be tilted.
                detections.Add(new Detection(label, score, toLocal.Box(RigidTransform.From(translation, rotation), size[1], size[0], size[2], velocity[0], velocity[1], 0)));
                attributes.Add(StoredJson.Member(box, "attribute_name", JsonValueKind.String, out var attribute) ? attribute.GetString()! : string.Empty);
            }
        }

        return new SubmittedFrame(detections, attributes);
    }

    private static RigidTransform Pose(IReadOnlyDictionary<string, RigidTransform>? poses, string token)
    {
        if (poses is null)
        {
            return RigidTransform.Identity;
        }

        return poses.TryGetValue(token, out var pose)
            ? pose
            : throw new QuantException(DiagnosticCodes.ResultsNotPaired, $"the data set has no sample '{token}'; export and import need the data set that was evaluated");
    }

    private static void CheckTokens(Dictionary<string, SubmittedFrame> frames, IReadOnlyCollection<string>? expected, SourceLocation file)
    {
        if (expected is null)
        {
            return;
        }

        var missing = expected.Where(token => !frames.ContainsKey(token)).ToArray();
        if (missing.Length > 0 || frames.Count != expected.Count)
        {
            var unknown = frames.Keys.Except(expected, StringComparer.Ordinal).ToArray();
            throw new QuantException(
                DiagnosticCodes.ResultsNotPaired,
                $"the submission lacks {missing.Length} samples (first: {missing.FirstOrDefault() ?? "none"}) and has {unknown.Length} unknown ones (first: {unknown.FirstOrDefault() ?? "none"})",
                file);
        }
    }
}
