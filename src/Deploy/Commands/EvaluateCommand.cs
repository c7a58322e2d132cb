using System.CommandLine;
using Deploy.Evaluation;
using Deploy.Pipeline;
using Quant.Core.Models;

namespace Deploy.Commands;

/// <summary><c>deploy evaluate</c>: mAP and NDS of one model on the validation frames.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CommandHost host)
    {
        var model = new Option<string>("--model") { Description = "Folder with both ONNX files, or a .pth.", Required = true };
        var target = new Option<string?>("--output", "-o") { Description = "evaluation.json to write; stdout otherwise." };
        var command = new Command("evaluate", "Measures one model on the validation frames.\n\nExample: deploy evaluate --config c.yaml --model work_dirs/x/onnx/int8") { model, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(
            parse,
            context =>
            {
                using var opened = ModelOpener.Open(context, parse.GetValue(model)!);
                var results = new List<FrameResult>();
                using (var progress = context.Log.Progress($"evaluating {opened.Model.Name}", context.LabelledValidation().Count))
                {
                    foreach (var (frame, pillars) in progress.Over(context.Frames("validation", int.MaxValue)))
                    {
                        results.Add(new FrameResult(frame.Token, frame.Objects!, BoxDecoder.Decode(opened.Model.Run(pillars), context.Config.Model)));
                    }
                }

                var config = context.Config.Evaluation;
                var options = new MetricOptions(config.Metric, context.Config.Model.PtsBboxHead.ClassNames, config.ClassRanges);
                var report = new EvaluationReport
                {
                    Metric = config.Metric,
                    Frames = results.Count,
                    ClassRanges = config.ClassRanges,
                    Models = new Dictionary<string, ModelEvaluation> { [opened.Model.Name] = DetectionMetrics.Evaluate(results, options) },
                };
                host.WriteResult(parse.GetValue(target), EvaluationJson.Serialize(report));
                return ExitCodes.Ok;
            },
            cancel)));
        return command;
    }
}
