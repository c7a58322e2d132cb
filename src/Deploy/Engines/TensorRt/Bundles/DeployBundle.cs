using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>
/// Writes a folder with everything that a target device needs to build and time engines with trtexec and a shell alone: the ONNX files, inputs of
/// verification frames, a script with the exact calls for each TensorRT, and checksums.
/// </summary>
public static partial class DeployBundle
{
    private const string Readme =
        """
        Copy this folder to the device and run ./run.sh there. It needs trtexec and a POSIX shell, nothing else.
        Then copy the folder back (or bundle.json and the folder results) and import it with: deploy engine --import FOLDER

        """;

    /// <summary>Writes the bundle; the folder appears whole or not at all.</summary>
    /// <returns>Notes for the user, such as versions of TensorRT that cannot build these models.</returns>
    /// <exception cref="QuantException">QNT0507: the folder is not empty, a frame does not fit the models, or no TensorRT can build them.</exception>
    public static IReadOnlyList<string> Write(string folder, BundleRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var target = Path.GetFullPath(folder);
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw Invalid($"the folder {target} is not empty; give another one or remove it");
        }

        var models = Models(request.Jobs);
        CheckFrames(request, models);
        var families = TrtexecCapabilities.All.Select(family => Plan(request, models, family)).ToList();
        var refusals = families.Where(item => item.Refusal is not null).Select(item => $"TensorRT {item.Family.Family}: {item.Refusal}").ToList();
        if (refusals.Count == families.Count)
        {
            throw Invalid($"no TensorRT can build these models: {refusals[^1]}");
        }

        var temporary = $"{target.TrimEnd(Path.DirectorySeparatorChar)}.tmp-{Path.GetRandomFileName()}";
        try
        {
            WriteFiles(temporary, request, models, families);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(temporary, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new QuantException(DiagnosticCodes.BundleInvalid, $"the bundle cannot be written to {target}: {error.Message}", inner: error);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }

        return refusals;
    }

    private static (TrtexecCapabilities Family, IReadOnlyList<BundleStep>? Steps, string? Refusal) Plan(
        BundleRequest request, IReadOnlyList<(BundleModel Model, EngineJob Job, OnnxFacts Graph)> models, TrtexecCapabilities family)
    {
        try
        {
            return (family, BundlePlan.Steps(request, models, family), null);
        }
        catch (QuantException refusal) when (refusal.Code == DiagnosticCodes.PrecisionNotPossible)
        {
            // The other versions may still be able to; the script tells it where it matters.
            return (family, null, refusal.Diagnostics[0].Message);
        }
    }

    private static List<(BundleModel Model, EngineJob Job, OnnxFacts Graph)> Models(IReadOnlyList<EngineJob> jobs)
    {
        var models = jobs.Select(job =>
        {
            var graph = OnnxFacts.Read(job.Onnx);
            var file = NotPortable().Replace(job.Name, "_").TrimStart('.', '-');
            return (new BundleModel(job.Name, file, EngineKey.HashOf(job.Onnx), PrecisionFlags.NameOf(job.Precision), [.. graph.Inputs.Select(input => input.Name)]), job, graph);
        }).ToList();
        return models.Count == 0 ? throw Invalid("there is no model to bundle")
            : models.GroupBy(item => item.Item1.File).FirstOrDefault(group => group.Count() > 1 || group.Key.Length == 0) is { } same ? throw Invalid($"two models would share the file name '{same.Key}'; name them differently")
            : models;
    }

    private static void CheckFrames(BundleRequest request, IReadOnlyList<(BundleModel Model, EngineJob Job, OnnxFacts Graph)> models)
    {
        var bag = new DiagnosticBag();
        foreach (var frame in request.Frames)
        {
            foreach (var (input, job) in models.SelectMany(item => item.Graph.Inputs.Select(input => (input, item.Job))))
            {
                if (Misfit(frame, input, job.Profiles.FirstOrDefault(profile => profile.Input == input.Name)) is { } misfit)
                {
                    bag.Error(DiagnosticCodes.BundleInvalid, $"frame {frame.Token}: {misfit}");
                }
            }
        }

        bag.ThrowIfErrors();
    }

    private static string? Misfit(BundleFrame frame, OnnxInput input, ShapeProfile? profile)
    {
        if (!frame.Inputs.TryGetValue(input.Name, out var tensor))
        {
            return $"it has no values for input '{input.Name}'";
        }

        var fits = tensor.Shape.Length == input.Shape.Count
            && tensor.Shape.Index().All(size => (input.Shape[size.Index] ?? size.Item) == size.Item)
            && (profile is null || !input.IsDynamic || tensor.Shape.Index().All(size => size.Item >= profile.Min[size.Index] && size.Item <= profile.Max[size.Index]));
        return !fits ? $"its {input.Name} is {string.Join('x', tensor.Shape)}, which the model or its profile does not take"
            : tensor.Values.LongLength != tensor.Shape.Aggregate(1L, (product, size) => product * size) ? $"its {input.Name} has {tensor.Values.Length} values for the shape {string.Join('x', tensor.Shape)}"
            : null;
    }

    private static void WriteFiles(
        string folder,
        BundleRequest request,
        IReadOnlyList<(BundleModel Model, EngineJob Job, OnnxFacts Graph)> models,
        IReadOnlyList<(TrtexecCapabilities Family, IReadOnlyList<BundleStep>? Steps, string? Refusal)> families)
    {
        Directory.CreateDirectory(Path.Combine(folder, "onnx"));
        foreach (var (model, job, _) in models)
        {
            File.Copy(job.Onnx, Path.Combine(folder, "onnx", $"{model.File}.onnx"));
        }

        foreach (var (index, frame) in request.Frames.Index())
        {
            Directory.CreateDirectory(Path.Combine(folder, "inputs", index.ToString(CultureInfo.InvariantCulture)));
            foreach (var (position, name) in frame.Inputs.Keys.Order(StringComparer.Ordinal).Index())
            {
                RawTensorFile.Write(Path.Combine(folder, BundlePlan.InputFile(index, position)), frame.Inputs[name]);
            }
        }

        var manifest = new BundleManifest(BundleManifest.CurrentVersion, [.. models.Select(item => item.Model)], [.. request.Frames.Select(frame => frame.Token)], request.Rounds);
        File.WriteAllText(Path.Combine(folder, BundleManifest.FileName), JsonSerializer.Serialize(manifest, TensorRtJson.Options) + "\n");
        File.WriteAllText(Path.Combine(folder, "README.txt"), Readme.ReplaceLineEndings("\n"));
        var script = Path.Combine(folder, "run.sh");
        File.WriteAllText(script, BundleScript.Write(families));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, File.GetUnixFileMode(script) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        File.WriteAllText(Path.Combine(folder, Checksums.FileName), Checksums.Of(folder));
    }

    private static QuantException Invalid(string message) => new(DiagnosticCodes.BundleInvalid, message);

    [GeneratedRegex("[^A-Za-z0-9._-]+")]
    private static partial Regex NotPortable();
}
