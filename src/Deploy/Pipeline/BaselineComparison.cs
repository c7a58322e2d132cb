using System.Text.Json;
using Deploy.Configuration;
using Deploy.Evaluation;
using Deploy.Gates;

namespace Deploy.Pipeline;

/// <summary>The drop from an earlier release to this one, with its interval, from the stored detections of both.</summary>
internal static class BaselineComparison
{
    /// <summary>Null when one of the two stored no detections, or for other frames: then only the stored means are compared.</summary>
    public static StoredDrop? Drop(LoadedConfig loaded, string workDirectory, string baselineDirectory, string model)
    {
        string[] files = [.. new[] { baselineDirectory, workDirectory }.Select(folder => Path.Combine(folder, "detections", $"{model}.json"))];
        var truth = Path.Combine(workDirectory, "detections", $"{DetectionsJson.GroundTruthName}.json");
        if (!files.Append(truth).All(File.Exists))
        {
            return null;
        }

        var (objects, before, after) = (DetectionsJson.Read(truth), DetectionsJson.Read(files[0]), DetectionsJson.Read(files[1]));
        if (!before.Frames.Select(frame => frame.Token).SequenceEqual(after.Frames.Select(frame => frame.Token)))
        {
            return null;
        }

        var config = loaded.Config.Evaluation;
        var options = new MetricOptions(config.Metric, loaded.Config.Model.PtsBboxHead.ClassNames, config.ClassRanges);
        var drop = PairedBootstrap.Drops("baseline", DetectionsJson.Join(objects, before), model, DetectionsJson.Join(objects, after), options, seed: (ulong)loaded.Config.Seed);
        return JsonSerializer.Deserialize<StoredDrop>(JsonSerializer.Serialize(drop));
    }
}
