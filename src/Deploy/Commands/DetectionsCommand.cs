using System.CommandLine;
using Deploy.Configuration;
using Deploy.Datasets;
using Deploy.Evaluation;
using Deploy.Pipeline;

namespace Deploy.Commands;

/// <summary><c>deploy detections export | import</c>: nuScenes' submission JSON, to check this program with the devkit or the reverse.</summary>
internal static class DetectionsCommand
{
    public static Command Create(CommandHost host)
    {
        var detections = new Option<string>("--detections") { Description = "detections/*.json of a work directory.", Required = true };
        var submission = new Option<string>("--output", "-o") { Description = "Submission to write.", Required = true };
        var export = new Command("export", "Writes stored detections as a submission.\n\nExample: deploy detections export --config c.yaml --detections work_dirs/x/detections/int8.json -o submission.json") { detections, submission };
        export.SetAction(parse => host.RunWithConfig(parse, (loaded, log) =>
        {
            var stored = DetectionsJson.Read(parse.GetValue(detections)!);
            var poses = Poses(loaded);
            AtomicFile.Write(parse.GetValue(submission)!, temporary =>
            {
                using var stream = File.Create(temporary);
                NuScenesSubmission.Export(stream, stored.Frames, stored.ClassNames, poses);
            });
            log.Info($"{stored.Frames.Count} samples, {stored.Frames.Sum(frame => frame.Detections.Count)} boxes");
            return ExitCodes.Ok;
        }));

        var given = new Option<string>("--submission") { Description = "Submission to read.", Required = true };
        var target = new Option<string>("--output", "-o") { Description = "detections.json to write.", Required = true };
        var import = new Command("import", "Reads a submission into stored detections.\n\nExample: deploy detections import --config c.yaml --submission results_nusc.json -o detections.json") { given, target };
        import.SetAction(parse => host.RunWithConfig(parse, (loaded, log) =>
        {
            var classes = loaded.Config.Model.PtsBboxHead.ClassNames;
            var samples = NuScenesSubmission.Import(parse.GetValue(given)!, classes, Poses(loaded));
            var frames = samples.Select(sample => new FrameResult(sample.Key, [], sample.Value.Detections) { DetectionAttributes = sample.Value.Attributes }).ToList();
            AtomicFile.Write(parse.GetValue(target)!, temporary =>
            {
                using var stream = File.Create(temporary);
                DetectionsJson.WriteDetections(stream, Path.GetFileNameWithoutExtension(parse.GetValue(given)!), classes, frames);
            });
            log.Info($"{frames.Count} samples, {frames.Sum(frame => frame.Detections.Count)} boxes");
            return ExitCodes.Ok;
        }));
        return new Command("detections", "Detections in nuScenes' submission form.") { export, import };
    }

    /// <summary>Where each validation frame lies in the world; null when the data set does not say, so boxes stay as they are.</summary>
    private static Dictionary<string, RigidTransform>? Poses(LoadedConfig loaded)
    {
        var source = FrameSources.Open(DatasetOptionsFactory.Create(loaded, "validation"));
        var poses = source.Tokens.Index().Select(frame => (Token: frame.Item, Pose: source.PoseOf(frame.Index))).ToList();
        return poses.TrueForAll(frame => frame.Pose is not null)
            ? poses.ToDictionary(frame => frame.Token, frame => frame.Pose!.Value)
            : null;
    }
}
