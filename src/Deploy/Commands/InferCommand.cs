using System.CommandLine;
using Deploy.Datasets;
using Deploy.Pipeline;
using Deploy.Reporting;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Commands;

/// <summary><c>deploy infer</c>: the detections of one frame as JSON, CSV or a picture.</summary>
internal static class InferCommand
{
    public static Command Create(CommandHost host)
    {
        var model = new Option<string>("--model") { Description = "Folder with both ONNX files, or a .pth.", Required = true };
        var frame = new Argument<string>("frame") { Description = "Point file (.bin, .pcd.bin) with the config's point_columns." };
        var target = new Option<string?>("--output", "-o") { Description = "detections.json, .csv or .png; JSON on stdout otherwise." };
        var command = new Command("infer", "Runs one frame.\n\nExample: deploy infer --model work_dirs/x/onnx/int8 frame.bin --output frame.png") { model, frame, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(
            parse,
            context =>
            {
                var file = parse.GetValue(frame)!;
                var points = SingleFrame.Load(DatasetOptionsFactory.ForFiles(context.Loaded), file).Points;
                var pillars = Voxelizer.Voxelize(points, context.Config.Model);
                if (pillars.Count == 0)
                {
                    throw new QuantException(DiagnosticCodes.FrameWithoutPillars, "no point lies inside model.point_cloud_range; check point_columns and the frame of reference", new SourceLocation(file));
                }

                using var opened = ModelOpener.Open(context, parse.GetValue(model)!);
                var detections = BoxDecoder.Decode(opened.Model.Run(pillars), context.Config.Model);
                context.Log.Info($"{points.Count} points, {pillars.Count} pillars, {detections.Count} detections");
                Write(host, parse.GetValue(target), points, detections, context.Config.Model);
                return ExitCodes.Ok;
            },
            cancel)));
        return command;
    }

    private static void Write(CommandHost host, string? target, PointCloud points, IReadOnlyList<Detection> detections, ModelConfig model)
    {
        var classes = model.PtsBboxHead.ClassNames;
        switch (Path.GetExtension(target)?.ToLowerInvariant())
        {
            case null or ".json":
                host.WriteResult(target, DetectionText.Json(detections, classes));
                break;
            case ".csv":
                host.WriteResult(target, DetectionText.Csv(detections, classes));
                break;
            case ".png":
                AtomicFile.Write(target!, temporary => BirdsEyePicture.Write(temporary, points, detections, model));
                break;
            case var extension:
                throw new QuantException(DiagnosticCodes.CommandMisuse, $"--output {target}: '{extension}' is not .json, .csv or .png");
        }
    }
}
