using System.Text.Json;
using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>
/// Our own form of <c>detections/MODEL.json</c> and <c>detections/ground_truth.json</c>: one array of numbers per box, whose meaning
/// <c>columns</c> states, so that stored results can be evaluated and resampled again without the data set.
/// </summary>
public static class DetectionsJson
{
    /// <summary>The form that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The model name of a ground truth file.</summary>
    public const string GroundTruthName = "ground_truth";

    private static readonly string[] DetectionColumns = ["label", "score", "x", "y", "z", "l", "w", "h", "yaw", "vx", "vy"];
    private static readonly string[] TruthColumns = ["label", "points", "x", "y", "z", "l", "w", "h", "yaw", "vx", "vy"];

    /// <summary>Writes one model's detections; an unknown velocity is null.</summary>
    public static void WriteDetections(Stream output, string model, IReadOnlyList<string> classNames, IReadOnlyList<FrameResult> frames) =>
        Write(output, model, classNames, DetectionColumns, "detections", frames, (writer, frame) =>
        {
            foreach (var detection in frame.Detections)
            {
                WriteBox(writer, detection.Label, detection.Score, detection.Box);
            }
        });

    /// <summary>Writes the labels that all models are measured against.</summary>
    public static void WriteTruth(Stream output, IReadOnlyList<string> classNames, IReadOnlyList<FrameResult> frames) =>
        Write(output, GroundTruthName, classNames, TruthColumns, "objects", frames, (writer, frame) =>
        {
            foreach (var truth in frame.Truth)
            {
                WriteBox(writer, truth.Label, truth.PointCount, truth.Box);
            }
        });

    /// <summary>Reads either file. Attributes and bicycle racks are not stored.</summary>
    /// <exception cref="QuantException">QNT0612 names the file and the defect.</exception>
    public static StoredFrames Read(string path)
    {
        using var document = StoredJson.Open(path);
        var root = document.RootElement;
        var file = new SourceLocation(path);
        QuantException Malformed(string text) => new(DiagnosticCodes.DetectionsFileMalformed, text, file);

        if (!StoredJson.Member(root, "version", JsonValueKind.Number, out var version) || !version.TryGetInt32(out var number) || number != CurrentVersion)
        {
            throw Malformed($"'version' must be {CurrentVersion}; the file is no detections file or comes from another version");
        }

        if (!StoredJson.Member(root, "model", JsonValueKind.String, out var model)
            || !StoredJson.Member(root, "class_names", JsonValueKind.Array, out var names)
            || !StoredJson.Member(root, "frames", JsonValueKind.Array, out var frames)
            || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
        {
            throw Malformed("'model' (text), 'class_names' (texts) and 'frames' (array) are needed");
        }

        var classes = names.EnumerateArray().Select(name => name.GetString()!).ToArray();
        var truth = model.GetString() == GroundTruthName;
        return new StoredFrames(model.GetString()!, classes, [.. frames.EnumerateArray().Select((frame, i) => ReadFrame(frame, i, truth, classes.Length, Malformed))]);
    }

    /// <summary>A model's detections beside the labels of the same frames.</summary>
    /// <exception cref="QuantException">QNT0613: the files do not hold the same frames and classes.</exception>
    public static IReadOnlyList<FrameResult> Join(StoredFrames truth, StoredFrames detections)
    {
        if (!truth.ClassNames.SequenceEqual(detections.ClassNames)
            || !truth.Frames.Select(frame => frame.Token).SequenceEqual(detections.Frames.Select(frame => frame.Token)))
        {
            throw new QuantException(
                DiagnosticCodes.ResultsNotPaired,
                $"'{detections.Model}' ({detections.Frames.Count} frames, classes {string.Join(", ", detections.ClassNames)}) was not measured on the stored labels ({truth.Frames.Count} frames, classes {string.Join(", ", truth.ClassNames)}); run the evaluate stage again");
        }

        return [.. truth.Frames.Zip(detections.Frames, (labels, found) => labels with { Detections = found.Detections })];
    }

    private static void Write(
        Stream output,
        string model,
        IReadOnlyList<string> classNames,
        string[] columns,
        string member,
        IReadOnlyList<FrameResult> frames,
        Action<Utf8JsonWriter, FrameResult> boxes)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteNumber("version", CurrentVersion);
        writer.WriteString("model", model);
        WriteTexts(writer, "class_names", classNames);
        WriteTexts(writer, "columns", columns);
        writer.WriteStartArray("frames");
        foreach (var frame in frames)
        {
            writer.WriteStartObject();
            writer.WriteString("token", frame.Token);
            writer.WriteStartArray(member);
            boxes(writer, frame);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.Flush();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteBox(Utf8JsonWriter writer, int label, float second, in Box3D box)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(label);
        writer.WriteNumberValue(second);
        foreach (var value in (ReadOnlySpan<double>)[box.X, box.Y, box.Z, box.L, box.W, box.H, box.Yaw, box.Vx, box.Vy])
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndArray();
    }

    private static FrameResult ReadFrame(JsonElement frame, int index, bool truth, int classes, Func<string, QuantException> malformed)
    {
        var member = truth ? "objects" : "detections";
        if (!StoredJson.Member(frame, "token", JsonValueKind.String, out var token) || !StoredJson.Member(frame, member, JsonValueKind.Array, out var boxes))
        {
            throw malformed($"frames[{index}] needs 'token' (text) and '{member}' (array)");
        }

        var rows = boxes.EnumerateArray().Select((box, i) => ReadRow(box, $"frames[{index}].{member}[{i}]", classes, malformed)).ToArray();
        var name = token.GetString()!;
        return truth
            ? new FrameResult(name, [.. rows.Select(row => new GroundTruth((int)row[0], Box(row), (int)row[1], []))], [])
            : new FrameResult(name, [], [.. rows.Select(row => new Detection((int)row[0], (float)row[1], Box(row)))]);
    }

    private static double[] ReadRow(JsonElement row, string where, int classes, Func<string, QuantException> malformed)
    {
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != DetectionColumns.Length)
        {
            throw malformed($"{where} must be an array of {DetectionColumns.Length} numbers");
        }

        var values = new double[DetectionColumns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var velocity = i >= DetectionColumns.Length - 2;
            values[i] = row[i].ValueKind switch
            {
                JsonValueKind.Number => row[i].GetDouble(),
                JsonValueKind.Null when velocity => double.NaN,
                _ => throw malformed($"{where}[{i}] ({DetectionColumns[i]}) must be a number"),
            };
        }

        return values[0] >= 0 && values[0] < classes && values[0] == Math.Floor(values[0])
            ? values
            : throw malformed($"{where}: label {values[0]} is outside the {classes} classes");
    }

    private static Box3D Box(double[] row) => new(row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10]);
}
