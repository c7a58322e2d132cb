using System.Globalization;
using Deploy.Configuration;
using Deploy.Engines.TensorRt;
using Deploy.Engines.TensorRt.Bundles;
using Deploy.Output;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;

namespace Deploy.Pipeline;

/// <summary>TensorRT engines as entries of engine.json: built here, or by a target device from a bundle.</summary>
internal static class TensorRtEngines
{
    /// <summary>Checks the graphs for this TensorRT, builds, audits and times.</summary>
    /// <exception cref="QuantException">QNT04xx: a graph breaks a rule of this TensorRT. QNT05xx: a build or run failed.</exception>
    public static EngineBuildResult Build(BackendChoice choice, IReadOnlyList<EngineJob> jobs, CommonConfig common, RunLog log, CancellationToken cancel)
    {
        Lint(jobs, TrtexecCapabilities.For(TrtexecRunner.Version(choice.Trtexec!, cancel)).Version, log);
        var result = TensorRtEngineBuilder.Build(
            new EngineBuildRequest
            {
                Trtexec = choice.Trtexec!,
                Jobs = jobs,
                WorkspaceBytes = common.MaxWorkspaceSize,
                TimingCache = common.TimingCache,
                OptimizationLevel = common.BuilderOptimizationLevel,
                Timeout = TimeSpan.FromSeconds(common.Timeout),
                Gpu = choice.Gpu,
                Line = log.Detail,
                Progress = (name, phase) => log.Detail($"  {name}: {phase}"),
            },
            cancel);
        foreach (var engine in result.Engines)
        {
            JsonFile.Write($"{engine.Engine}.json", engine);
        }

        Tell(result, log);
        return result;
    }

    /// <summary>Results of a target device, which must come from the same ONNX files.</summary>
    /// <exception cref="QuantException">QNT0508: the bundle holds other files or precisions than this run exported; QNT05xx as <see cref="BundleImport"/>.</exception>
    public static BundleResult Import(string bundle, IReadOnlyList<EngineJob> jobs, RunLog log)
    {
        var result = BundleImport.Read(bundle);
        var bag = new DiagnosticBag();
        foreach (var job in jobs)
        {
            var model = result.Manifest.Models.FirstOrDefault(item => item.Name == job.Name);
            if (model?.OnnxSha256 != Fingerprint.OfFile(job.Onnx))
            {
                bag.Error(DiagnosticCodes.BundleResultInvalid, $"{job.Name}: {(model is null ? "the bundle does not hold it" : "the bundle was made from another ONNX file")}; write the bundle again with 'deploy bundle' and run it on the target", new SourceLocation(bundle));
            }
        }

        bag.ThrowIfErrors();
        foreach (var (engine, job) in result.Build.Engines.Join(jobs, engine => engine.Name, job => job.Name, (engine, job) => (engine, job)))
        {
            if (File.Exists(engine.Engine))
            {
                PipelineFiles.CopyFile(engine.Engine, job.Engine);
            }

            JsonFile.Write($"{job.Engine}.json", engine);
        }

        Tell(result.Build, log);
        return result;
    }

    /// <summary>One entry for each precision.</summary>
    /// <param name="result">Engines named <c>precision/file</c>.</param>
    /// <param name="root">Folder that file names are relative to.</param>
    /// <param name="engineFolder">Folder of a precision's engines; engines that stayed on a target are not listed.</param>
    public static Dictionary<string, EngineEntry> Entries(EngineBuildResult result, string root, Func<string, string> engineFolder) =>
        result.Engines.GroupBy(engine => engine.Name.Split('/')[0]).ToDictionary(group => group.Key, group => Entry(result, root, engineFolder(group.Key), [.. group]));

    private static EngineEntry Entry(EngineBuildResult result, string root, string folder, IReadOnlyList<BuiltEngine> engines) =>
        new(
            [.. engines.Select(engine => Path.Combine(folder, engine.Name.Split('/')[1])).Where(File.Exists).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))],
            engines.Sum(engine => engine.Bytes))
        {
            Command = [.. engines.SelectMany(engine => engine.Command)],
            Runtime = $"tensorrt {result.Tensorrt}{(result.Gpu is { } gpu ? $" on {gpu}" : "")}",
            RoundMediansMs = Rounds([.. engines.Select(engine => engine.Times.RoundMediansMs)]),
            Int8TimeShare = engines.All(engine => engine.Audit is { TotalMs: not null, Int8TimeShare: not null })
                ? engines.Sum(engine => engine.Audit!.Int8TimeShare * engine.Audit.TotalMs) / engines.Sum(engine => engine.Audit!.TotalMs)
                : null,
        };

    /// <summary>Components run one after the other, so a round's time is their sum.</summary>
    private static double[]? Rounds(IReadOnlyList<IReadOnlyList<double>?> components)
    {
        var rounds = components.Min(medians => medians?.Count ?? 0);
        return rounds == 0 ? null : [.. Enumerable.Range(0, rounds).Select(round => components.Sum(medians => medians![round]))];
    }

    private static void Lint(IReadOnlyList<EngineJob> jobs, TensorRtVersion version, RunLog log)
    {
        var bag = new DiagnosticBag();
        foreach (var job in jobs)
        {
            foreach (var finding in OnnxLinter.Check(OnnxFile.Read(job.Onnx), new OnnxLintOptions { File = job.Onnx, TensorRtVersion = new Version(version.Major, version.Minor) }))
            {
                bag.Add(finding);
            }
        }

        bag.ThrowIfErrors();
        foreach (var warning in bag.Items)
        {
            log.Report(warning);
        }
    }

    private static void Tell(EngineBuildResult result, RunLog log)
    {
        foreach (var engine in result.Engines)
        {
            log.Info($"  {engine.Name}: {(engine.Cache.Fresh ? "" : "built, ")}{engine.Cache.Reason}");
            foreach (var note in engine.Notes)
            {
                log.Info($"    {note}");
            }

            if (engine.Times.RoundMediansMs is { Count: > 0 } medians)
            {
                log.Info(string.Create(CultureInfo.InvariantCulture, $"    GPU compute {medians.Min():F3}…{medians.Max():F3} ms (medians of {medians.Count} rounds){(engine.Times.Unstable ? ", unstable" : "")}"));
            }

            if (engine.Audit is { Int8TimeShare: { } share } audit)
            {
                log.Info(string.Create(CultureInfo.InvariantCulture, $"    {100 * share:F0} % of the time in INT8 layers, {audit.Unfused.Count} Q/DQ layers of their own"));
            }
        }
    }
}
