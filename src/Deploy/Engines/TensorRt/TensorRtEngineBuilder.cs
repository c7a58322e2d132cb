using Deploy.Engines.TensorRt.Audits;
using Deploy.Engines.TensorRt.Exports;
using Deploy.Engines.TensorRt.Logs;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>
/// Builds engines with trtexec. Each is written under a temporary name, loaded and profiled, and takes its name only when all of that
/// succeeded; then all are timed in alternating runs, so that drift of clocks and temperature meets each alike.
/// </summary>
public static class TensorRtEngineBuilder
{
    /// <summary>Builds, audits and times.</summary>
    /// <exception cref="QuantException">
    /// QNT0501, QNT0503, QNT0504: nothing was started; QNT0502: a build failed; QNT0506: an engine was built but does not run; QNT0911: no usable trtexec.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; no process and no partial file is left.</exception>
    public static EngineBuildResult Build(EngineBuildRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        var version = TrtexecRunner.Version(request.Trtexec, cancel);
        var capabilities = TrtexecCapabilities.For(version);
        // All commands first: a refusal of the last job should not cost the build of the first.
        var plans = request.Jobs.Select(job => Plan(job, request, capabilities)).ToList();
        var engines = plans.Select(plan => Build(plan, request, capabilities, cancel)).ToList();
        var times = Measure(plans, request, capabilities, cancel);
        var device = request.Gpu?.Name ?? engines.Select(engine => engine.Build?.Device).FirstOrDefault(name => name is not null);
        return new EngineBuildResult(version.ToString(), device, [.. engines.Zip(times, (engine, time) => engine with { Times = time })]);
    }

    private static EnginePlan Plan(EngineJob job, EngineBuildRequest request, TrtexecCapabilities capabilities)
    {
        var graph = OnnxFacts.Read(job.Onnx);
        var build = new TrtexecRequest
        {
            Onnx = job.Onnx,
            Graph = graph,
            SaveEngine = job.Engine,
            Precision = job.Precision,
            Profiles = job.Profiles,
            WorkspaceBytes = request.WorkspaceBytes,
            TimingCache = request.TimingCache,
            OptimizationLevel = request.OptimizationLevel,
            SkipInference = true,
        };
        var run = new TrtexecRequest { LoadEngine = job.Engine, Profiles = ProfileChecks.ForGraph(job.Profiles, graph), Iterations = request.Iterations, WarmUpMs = request.WarmUpMs, DurationSeconds = request.DurationSeconds };
        return new EnginePlan(job, build, run, TrtexecCommand.Create(build, capabilities));
    }

    private static BuiltEngine Build(EnginePlan plan, EngineBuildRequest request, TrtexecCapabilities capabilities, CancellationToken cancel)
    {
        var job = plan.Job;
        var key = request.Gpu is { } gpu ? EngineKey.Create(job.Onnx, plan.Command.Arguments, capabilities.Version, gpu) : null;
        var state = request.Force ? new EngineCacheState(false, "a new build was asked for")
            : key is null ? new EngineCacheState(false, "the GPU is unknown, so no earlier engine is used again")
            : EngineCache.Check(job.Engine, key);
        TrtexecReading? reading = null;
        EngineAudit audit;
        if (state.Fresh)
        {
            audit = Profile(plan, job.Engine, request, capabilities, cancel);
        }
        else
        {
            using var engine = new PendingFile(job.Engine);
            EngineCache.Forget(job.Engine);
            reading = RunBuild(plan, engine.Path, request, capabilities, cancel);
            audit = Profile(plan, engine.Path, request, capabilities, cancel);
            engine.Accept();
            if (key is not null)
            {
                EngineCache.Store(job.Engine, key);
            }
        }

        return new BuiltEngine(job.Name, job.Engine, new FileInfo(job.Engine).Length, [request.Trtexec, .. plan.Command.Arguments], plan.Command.Notes, state) { Build = reading, Audit = audit };
    }

    private static TrtexecReading RunBuild(EnginePlan plan, string engine, EngineBuildRequest request, TrtexecCapabilities capabilities, CancellationToken cancel)
    {
        using var cache = request.TimingCache is { } file ? new PendingFile(file) : null;
        if (cache is not null && File.Exists(cache.Target))
        {
            File.Copy(cache.Target, cache.Path);
        }

        var command = TrtexecCommand.Create(plan.Build with { SaveEngine = engine, TimingCache = cache?.Path }, capabilities);
        var reading = Run($"{plan.Job.Engine}.build.log", command, [engine], loadsEngine: false, DiagnosticCodes.EngineBuildFailed, plan.Job, request, cancel);
        if (cache is not null && new FileInfo(cache.Path) is { Exists: true, Length: > 0 })
        {
            cache.Accept();
        }

        return reading;
    }

    private static EngineAudit Profile(EnginePlan plan, string engine, EngineBuildRequest request, TrtexecCapabilities capabilities, CancellationToken cancel)
    {
        using var layers = new PendingFile($"{plan.Job.Engine}.layers.json");
        using var profile = new PendingFile($"{plan.Job.Engine}.profile.json");
        var command = TrtexecCommand.Create(plan.Run with { LoadEngine = engine, ExportLayerInfo = layers.Path, ExportProfile = profile.Path }, capabilities);
        Run($"{plan.Job.Engine}.profile.log", command, [layers.Path, profile.Path], loadsEngine: true, DiagnosticCodes.EngineRunFailed, plan.Job, request, cancel);
        var audit = EngineAudit.Create(LayerInfo.Read(layers.Path), LayerProfile.Read(profile.Path));
        layers.Accept();
        profile.Accept();
        return audit;
    }

    private static EngineTimes[] Measure(List<EnginePlan> plans, EngineBuildRequest request, TrtexecCapabilities capabilities, CancellationToken cancel)
    {
        var times = Enumerable.Repeat(EngineTimes.None, plans.Count).ToArray();
        for (var round = 0; round < request.Rounds; round++)
        {
            // Every other round backwards, so that none always follows the same one.
            foreach (var index in round % 2 == 0 ? Enumerable.Range(0, plans.Count) : Enumerable.Range(0, plans.Count).Reverse())
            {
                var plan = plans[index];
                using var export = new PendingFile($"{plan.Job.Engine}.times.json");
                var command = TrtexecCommand.Create(plan.Run with { ExportTimes = export.Path }, capabilities);
                var reading = Run($"{plan.Job.Engine}.times.log", command, [export.Path], loadsEngine: true, DiagnosticCodes.EngineRunFailed, plan.Job, request, cancel);
                times[index] = times[index].With(QueryTimes.Read(export.Path), reading.Unstable);
            }
        }

        return times;
    }

    /// <summary>Runs and judges; the log stays beside the engine, and a failure points into it.</summary>
    private static TrtexecReading Run(
        string logFile, TrtexecCommand command, IReadOnlyList<string> files, bool loadsEngine, string code, EngineJob job, EngineBuildRequest request, CancellationToken cancel)
    {
        var options = new TrtexecRunOptions { Timeout = request.Timeout, Line = request.Line, Phase = request.Progress is { } progress ? phase => progress(job.Name, phase) : null };
        var run = TrtexecRunner.Run(request.Trtexec, command.Arguments, options, cancel);
        PendingFile.WriteText(logFile, run.Log);
        var reading = TrtexecSuccess.Judge(run, files, loadsEngine);
        return reading.Cause is not { } cause
            ? reading
            : throw new QuantException(
                code,
                $"{job.Name}: trtexec {(code == DiagnosticCodes.EngineBuildFailed ? "built no engine" : "could not run the engine")} ({cause.Class}, exit code {run.ExitCode}): {(cause.Text.Length > 0 ? $"{cause.Text}; " : "")}{cause.Advice}",
                new SourceLocation(logFile, Math.Max(cause.Line, 1), 1));
    }

    private sealed record EnginePlan(EngineJob Job, TrtexecRequest Build, TrtexecRequest Run, TrtexecCommand Command);
}
