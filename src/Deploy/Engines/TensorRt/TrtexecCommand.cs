using System.Globalization;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>The arguments of one trtexec call: a list, never a shell string, so that any path is safe.</summary>
/// <param name="Arguments">Without the program itself.</param>
/// <param name="Notes">What the user should know about the choices.</param>
public sealed record TrtexecCommand(IReadOnlyList<string> Arguments, IReadOnlyList<string> Notes)
{
    /// <summary>Writes the arguments for one version.</summary>
    /// <exception cref="QuantException">
    /// QNT0501: the precision is not possible there; QNT0504: profiles and graph disagree, or a name or path cannot be passed to trtexec.
    /// </exception>
    public static TrtexecCommand Create(TrtexecRequest request, TrtexecCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(capabilities);
        List<string> arguments = [];
        List<string> notes = [];
        if (request.Onnx is not null)
        {
            Build(request, capabilities, arguments, notes);
        }

        if (request.LoadEngine is { } engine)
        {
            arguments.Add($"--loadEngine={engine}");
            Shapes("--shapes", request.Profiles, profile => profile.Opt, arguments);
        }

        if (request.SkipInference)
        {
            arguments.Add(capabilities.BuildOnlyOption);
        }
        else
        {
            Inference(request, capabilities, arguments);
        }

        Option("--exportLayerInfo", request.ExportLayerInfo, arguments);
        return new TrtexecCommand(arguments, notes);
    }

    private static void Build(TrtexecRequest request, TrtexecCapabilities capabilities, List<string> arguments, List<string> notes)
    {
        var graph = request.Graph ?? throw new ArgumentException("a build needs the facts of its graph", nameof(request));
        var precision = PrecisionFlags.Resolve(request.Precision, graph, capabilities);
        notes.AddRange(precision.Note is { } note ? [note] : []);
        arguments.Add($"--onnx={request.Onnx}");
        Option("--saveEngine", request.SaveEngine, arguments);
        arguments.AddRange(precision.Flags);
        // Plain MiB is the one form that every version reads.
        Option("--memPoolSize", request.WorkspaceBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"workspace:{bytes / 1048576.0:0.######}") : null, arguments);
        var profiles = ProfileChecks.ForGraph(request.Profiles, graph);
        Shapes("--minShapes", profiles, profile => profile.Min, arguments);
        Shapes("--optShapes", profiles, profile => profile.Opt, arguments);
        Shapes("--maxShapes", profiles, profile => profile.Max, arguments);
        Option("--timingCacheFile", request.TimingCache, arguments);
        if (request.OptimizationLevel is { } level)
        {
            if (capabilities.Has("--builderOptimizationLevel"))
            {
                Option("--builderOptimizationLevel", Text(level), arguments);
            }
            else
            {
                notes.Add($"TensorRT {capabilities.Version} has no builder optimization level (8.6 and later do); it is left out");
            }
        }

        arguments.Add("--profilingVerbosity=detailed");
        notes.AddRange(Warnings(graph, capabilities));
    }

    private static IEnumerable<string> Warnings(OnnxFacts graph, TrtexecCapabilities capabilities)
    {
        var version = capabilities.Version;
        if (graph.Opset > capabilities.MaxOpset)
        {
            yield return $"the graph's opset {graph.Opset} is above {capabilities.MaxOpset}, the highest that TensorRT {version} documents";
        }

        if (graph.IrVersion > capabilities.MaxIr)
        {
            yield return $"the graph's IR version {graph.IrVersion} is above the parser's {capabilities.MaxIr}; TensorRT {version} warns and goes on";
        }

        if (graph.HasInt8Constants && !capabilities.Int8Constants)
        {
            yield return $"the graph stores INT8 weights, which TensorRT {version} may refuse; onnx_config.prequantized_weights: false avoids it";
        }

        if (graph.DeconvolutionAxis is { } axis && axis != capabilities.DeconvolutionAxis)
        {
            yield return $"ConvTranspose scales lie on axis {axis}, but TensorRT {version} expects axis {capabilities.DeconvolutionAxis}; quantization.deconv_weight: per_tensor fits every version";
        }
    }

    private static void Inference(TrtexecRequest request, TrtexecCapabilities capabilities, List<string> arguments)
    {
        // 11.0 turned these on; asking older versions for them makes times comparable.
        if (!capabilities.FastDefaults)
        {
            arguments.AddRange(["--useCudaGraph", "--useSpinWait"]);
            arguments.AddRange(request.Transfers ? [] : ["--noDataTransfers"]);
        }
        else if (request.Transfers)
        {
            arguments.Add("--includeDataTransfers");
        }

        if (request.LoadInputs.Count > 0)
        {
            arguments.Add($"--loadInputs={string.Join(',', request.LoadInputs.Select(Input))}");
        }

        Option("--iterations", Text(request.Iterations), arguments);
        Option("--warmUp", Text(request.WarmUpMs), arguments);
        Option("--duration", Text(request.DurationSeconds), arguments);
        Option("--exportTimes", request.ExportTimes, arguments);
        Option("--exportOutput", request.ExportOutput, arguments);
        if (request.ExportProfile is { } profile)
        {
            arguments.Add($"--exportProfile={profile}");
            // Without it the profiler disturbs the times and there is no summary; 11.0 always runs it apart.
            arguments.AddRange(capabilities.FastDefaults ? [] : ["--separateProfileRun"]);
        }
    }

    private static void Shapes(string option, IReadOnlyList<ShapeProfile> profiles, Func<ShapeProfile, IReadOnlyList<int>> shape, List<string> arguments)
    {
        if (profiles.Count > 0)
        {
            arguments.Add($"{option}={string.Join(',', profiles.Select(profile => $"{Name(profile.Input)}:{string.Join('x', shape(profile).Select(size => Text(size)))}"))}");
        }
    }

    /// <summary>trtexec splits the list at commas and each item at its last colon, or behind a quoted name.</summary>
    private static string Input(KeyValuePair<string, string> input)
    {
        if (input.Value.AsSpan().IndexOfAny(',', '\'') >= 0)
        {
            throw new QuantException(DiagnosticCodes.EngineRequestInvalid, $"trtexec cannot read an input file whose path holds a comma or a quote: {input.Value}; use another folder");
        }

        return input.Value.Contains(':', StringComparison.Ordinal) ? $"'{Name(input.Key)}':{input.Value}" : $"{Name(input.Key)}:{input.Value}";
    }

    private static string Name(string tensor) => tensor.AsSpan().IndexOfAny(',', '\'') < 0
        ? tensor
        : throw new QuantException(DiagnosticCodes.EngineRequestInvalid, $"trtexec cannot name the tensor '{tensor}', which holds a comma or a quote; rename it in the components section");

    private static void Option(string name, string? value, List<string> arguments)
    {
        if (value is not null)
        {
            arguments.Add($"{name}={value}");
        }
    }

    private static string? Text(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}
