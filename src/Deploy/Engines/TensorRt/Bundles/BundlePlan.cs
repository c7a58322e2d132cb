using System.Globalization;

namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>The calls that a bundle makes with one TensorRT.</summary>
internal static class BundlePlan
{
    /// <summary>Builds first, then profiles, times in alternating order, and outputs frame by frame.</summary>
    /// <exception cref="Quant.Core.Diagnostics.QuantException">QNT0501, QNT0504: this TensorRT cannot build one of the models.</exception>
    public static IReadOnlyList<BundleStep> Steps(BundleRequest request, IReadOnlyList<(BundleModel Model, EngineJob Job, OnnxFacts Graph)> models, TrtexecCapabilities capabilities)
    {
        var steps = new List<BundleStep>();
        steps.AddRange(models.Select(item => Step("build", item.Model, "build", Build(request, item.Model, item.Job, item.Graph), capabilities)));
        steps.AddRange(models.Select(item => Step("run", item.Model, "profile", Timed(request, item.Model, item.Job, item.Graph) with { ExportLayerInfo = Result(item.Model, "layers.json"), ExportProfile = Result(item.Model, "profile.json") }, capabilities)));
        for (var round = 1; round <= request.Rounds; round++)
        {
            var number = Text(round);
            steps.AddRange((round % 2 == 1 ? models : models.Reverse()).Select(item => Step("run", item.Model, $"times.{number}", Timed(request, item.Model, item.Job, item.Graph) with { ExportTimes = Result(item.Model, $"times.{number}.json") }, capabilities)));
        }

        foreach (var (index, frame) in request.Frames.Index())
        {
            steps.AddRange(models.Select(item => Step("run", item.Model, $"frame.{Text(index)}", Frame(item.Model, item.Graph, index, frame), capabilities)));
        }

        return steps;
    }

    /// <summary>The raw file of a frame's input.</summary>
    public static string InputFile(int frame, int input) => $"inputs/{Text(frame)}/{Text(input)}.raw";

    private static BundleStep Step(string kind, BundleModel model, string name, TrtexecRequest request, TrtexecCapabilities capabilities) =>
        new(kind, model.File, $"{model.File}.{name}", TrtexecCommand.Create(request, capabilities).Arguments);

    private static TrtexecRequest Build(BundleRequest request, BundleModel model, EngineJob job, OnnxFacts graph) => new()
    {
        Onnx = $"onnx/{model.File}.onnx",
        Graph = graph,
        SaveEngine = $"engines/{model.File}.engine.tmp",
        Precision = job.Precision,
        Profiles = job.Profiles,
        WorkspaceBytes = request.WorkspaceBytes,
        TimingCache = "timing.cache",
        OptimizationLevel = request.OptimizationLevel,
        SkipInference = true,
    };

    private static TrtexecRequest Timed(BundleRequest request, BundleModel model, EngineJob job, OnnxFacts graph) => new()
    {
        LoadEngine = $"engines/{model.File}.engine",
        Profiles = ProfileChecks.ForGraph(job.Profiles, graph),
        Iterations = request.Iterations,
        WarmUpMs = request.WarmUpMs,
        DurationSeconds = request.DurationSeconds,
    };

    private static TrtexecRequest Frame(BundleModel model, OnnxFacts graph, int index, BundleFrame frame) =>
        FrameCall.Create($"engines/{model.File}.engine", graph, frame.Inputs, name => InputFile(index, Position(frame, name)), Result(model, $"frame.{Text(index)}.json"));

    private static int Position(BundleFrame frame, string input) => frame.Inputs.Keys.Order(StringComparer.Ordinal).ToList().IndexOf(input);

    private static string Result(BundleModel model, string name) => $"results/{model.File}.{name}";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
