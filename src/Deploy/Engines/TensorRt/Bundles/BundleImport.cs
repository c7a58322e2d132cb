using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Deploy.Engines.TensorRt.Audits;
using Deploy.Engines.TensorRt.Exports;
using Deploy.Engines.TensorRt.Logs;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>Reads back what a target device left in a bundle's <c>results</c>.</summary>
public static class BundleImport
{
    /// <summary>Reads and judges every log; all failures are told at once.</summary>
    /// <exception cref="QuantException">
    /// QNT0508: no bundle, not run, incomplete or changed on the way; QNT0502, QNT0506: a build or run failed there; QNT0505: an exported file cannot be read.
    /// </exception>
    public static BundleResult Read(string folder)
    {
        var manifest = ReadManifest(folder);
        var results = Results(folder);
        if (Checksums.Broken(results) is { Count: > 0 } broken)
        {
            throw Invalid($"results changed or got lost on the way: {string.Join(", ", broken.Take(5))}; copy the folder again", results);
        }

        var bag = new DiagnosticBag();
        var engines = manifest.Models.Select(model => Engine(folder, results, manifest, model, bag)).ToList();
        var outputs = manifest.Models.ToDictionary(model => model.Name, IReadOnlyDictionary<string, IReadOnlyDictionary<string, HostTensor>> (model) => Outputs(results, manifest, model, bag), StringComparer.Ordinal);
        bag.ThrowIfErrors();
        var version = TensorRtVersion.Find($"[TensorRT v{Line(results, "version")}]")?.ToString() ?? engines[0].Build?.Tensorrt;
        var gpu = Line(results, "gpu")?.Split(", ")[0] ?? engines.Select(engine => engine.Build?.Device).FirstOrDefault(name => name is not null);
        return new BundleResult(manifest, new EngineBuildResult(version, gpu, engines), outputs);
    }

    /// <summary>Changes with anything that the target left behind.</summary>
    /// <exception cref="QuantException">QNT0508: there are no results yet.</exception>
    public static string Digest(string folder) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Checksums.Of(Results(folder)))));

    private static string Results(string folder)
    {
        var results = Path.Combine(folder, "results");
        return Directory.Exists(results) ? results : throw Invalid("the bundle has no folder 'results'; run ./run.sh on the target and copy it back", folder);
    }

    private static BundleManifest ReadManifest(string folder)
    {
        var path = Path.Combine(folder, BundleManifest.FileName);
        try
        {
            var manifest = JsonSerializer.Deserialize<BundleManifest>(File.ReadAllText(path), TensorRtJson.Options);
            return manifest switch
            {
                { Version: BundleManifest.CurrentVersion, Models: { Count: > 0 } models, Frames: not null } when models.All(model => model is { Name: not null, File: not null } && Path.GetFileName(model.File) == model.File) => manifest,
                { Version: not BundleManifest.CurrentVersion } => throw Invalid($"the bundle has form {manifest.Version}, this program reads form {BundleManifest.CurrentVersion}", path),
                _ => throw Invalid("the bundle's description is incomplete; write the bundle again", path),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new QuantException(DiagnosticCodes.BundleResultInvalid, $"this is no bundle: {error.Message}; give the folder that 'deploy bundle' wrote", new SourceLocation(path), error);
        }
    }

    private static BuiltEngine Engine(string folder, string results, BundleManifest manifest, BundleModel model, DiagnosticBag bag)
    {
        var build = Judge(results, model, "build", loadsEngine: false, bag);
        _ = long.TryParse(Line(results, $"{model.File}.bytes"), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var bytes);
        var engine = new BuiltEngine(model.Name, Path.Combine(folder, "engines", $"{model.File}.engine"), bytes, Arguments(results, $"{model.File}.build"), [], new EngineCacheState(false, "built on the target")) { Build = build };
        if (build is null)
        {
            return engine;
        }

        if (bytes <= 0)
        {
            bag.Error(DiagnosticCodes.BundleResultInvalid, $"{model.Name}: the target reports success but recorded no engine; run ./run.sh again", new SourceLocation(results));
        }

        return engine with
        {
            Audit = Judge(results, model, "profile", loadsEngine: true, bag) is null ? null : EngineAudit.Create(LayerInfo.Read(Exported(results, model, "layers.json")), LayerProfile.Read(Exported(results, model, "profile.json"))),
            Times = Enumerable.Range(1, manifest.Rounds).Aggregate(EngineTimes.None, (times, round) => Judge(results, model, $"times.{round}", loadsEngine: true, bag) is { } reading ? times.With(QueryTimes.Read(Exported(results, model, $"times.{round}.json")), reading.Unstable) : times),
        };
    }

    private static Dictionary<string, IReadOnlyDictionary<string, HostTensor>> Outputs(string results, BundleManifest manifest, BundleModel model, DiagnosticBag bag)
    {
        var outputs = new Dictionary<string, IReadOnlyDictionary<string, HostTensor>>(StringComparer.Ordinal);
        if (!File.Exists(Path.Combine(results, $"{model.File}.bytes")))
        {
            return outputs;
        }

        foreach (var (index, token) in manifest.Frames.Index())
        {
            if (Judge(results, model, $"frame.{index}", loadsEngine: true, bag) is not null)
            {
                outputs[token] = ExportedOutputs.Read(Exported(results, model, $"frame.{index}.json"));
            }
        }

        return outputs;
    }

    /// <summary>The reading of a call that succeeded; null after its failure was reported.</summary>
    private static TrtexecReading? Judge(string results, BundleModel model, string step, bool loadsEngine, DiagnosticBag bag)
    {
        var log = Path.Combine(results, $"{model.File}.{step}.log");
        if (!File.Exists(log))
        {
            bag.Error(DiagnosticCodes.BundleResultInvalid, $"{model.Name}: the log of {step} is missing; let ./run.sh reach its end on the target", new SourceLocation(log));
            return null;
        }

        var reading = TrtexecLogReader.Read(File.ReadAllText(log));
        var exit = int.TryParse(Line(results, $"{model.File}.{step}.exit"), CultureInfo.InvariantCulture, out var code) ? code : (int?)null;
        if (TrtexecSuccess.Judge(reading, exit, [], loadsEngine) is not { } cause)
        {
            return reading;
        }

        bag.Error(
            step == "build" ? DiagnosticCodes.EngineBuildFailed : DiagnosticCodes.EngineRunFailed,
            $"{model.Name}: {step} failed on the target ({cause.Class}, exit code {exit?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}): {(cause.Text.Length > 0 ? $"{cause.Text}; " : "")}{cause.Advice}",
            new SourceLocation(log, Math.Max(cause.Line, 1), 1));
        return null;
    }

    private static string Exported(string results, BundleModel model, string name) => Path.Combine(results, $"{model.File}.{name}");

    private static string[] Arguments(string results, string name) => File.Exists(Path.Combine(results, $"{name}.args")) ? ["trtexec", .. File.ReadAllLines(Path.Combine(results, $"{name}.args"))] : [];

    private static string? Line(string results, string name) =>
        File.Exists(Path.Combine(results, name)) && File.ReadLines(Path.Combine(results, name)).FirstOrDefault()?.Trim() is { Length: > 0 } line ? line : null;

    private static QuantException Invalid(string message, string path) => new(DiagnosticCodes.BundleResultInvalid, message, new SourceLocation(path));
}
