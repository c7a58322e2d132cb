using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>A precision policy, resolved for one graph and one TensorRT.</summary>
/// <param name="Flags">trtexec options, maybe none.</param>
/// <param name="Note">Something the user should know about the choice, or null.</param>
public sealed record PrecisionFlags(IReadOnlyList<string> Flags, string? Note = null)
{
    private static readonly (string Name, PrecisionPolicy Policy)[] Names =
    [
        ("auto", PrecisionPolicy.Auto),
        ("fp16", PrecisionPolicy.Fp16),
        ("fp32_tf32", PrecisionPolicy.Fp32Tf32),
        ("int8", PrecisionPolicy.Int8),
        ("strongly_typed", PrecisionPolicy.StronglyTyped),
    ];

    /// <summary>The policy that a config names.</summary>
    /// <exception cref="QuantException">QNT0501: no such policy.</exception>
    public static PrecisionPolicy Parse(string name) => Names.FirstOrDefault(item => item.Name == name) is { Name: not null } found
        ? found.Policy
        : throw Refusal($"precision_policy '{name}' is not known; use {string.Join(", ", Names.Select(item => item.Name))}");

    /// <summary>The config's name of a policy.</summary>
    public static string NameOf(PrecisionPolicy policy) => Names.First(item => item.Policy == policy).Name;

    /// <summary>Chooses the flags.</summary>
    /// <exception cref="QuantException">QNT0501: this TensorRT cannot build this graph with that policy; the message names one that can.</exception>
    public static PrecisionFlags Resolve(PrecisionPolicy policy, OnnxFacts graph, TrtexecCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(capabilities);
        return capabilities.Typing == Typing.Strong ? Strong(policy, graph, capabilities.Version) : Weak(policy, graph, capabilities);
    }

    private static PrecisionFlags Weak(PrecisionPolicy policy, OnnxFacts graph, TrtexecCapabilities capabilities)
    {
        var version = capabilities.Version;
        switch (policy)
        {
            case PrecisionPolicy.StronglyTyped when capabilities.Typing == Typing.Weak:
                throw Refusal($"TensorRT {version} has no strongly typed networks (9.1 and later do); use precision_policy: {(graph.HasQuantization ? "int8" : "fp16")}");
            case PrecisionPolicy.StronglyTyped:
            case PrecisionPolicy.Auto when graph.HasHalfBody && capabilities.Typing == Typing.Both:
                return new PrecisionFlags(["--stronglyTyped"], FloatBody(graph));
            case PrecisionPolicy.Auto:
                return new PrecisionFlags(
                    [.. graph.HasQuantization ? ["--int8"] : Array.Empty<string>(), .. graph.HasHalfBody ? ["--fp16"] : Array.Empty<string>()],
                    graph is { HasQuantization: true, HasHalfBody: false } ? "layers without Q/DQ run in FP32; precision_policy: int8 allows FP16 there" : null);
            case PrecisionPolicy.Int8 when graph.HasQuantization:
                return new PrecisionFlags(["--int8", "--fp16"], capabilities.WeakTypingNote is { } note ? $"precision flags are {note}; export with onnx_config.body: fp16 and use strongly_typed" : null);
            case PrecisionPolicy.Int8:
                // With --int8 and no Q/DQ trtexec would make up dynamic ranges.
                return new PrecisionFlags(["--fp16"], "the graph holds no Q/DQ, so it is built in FP16");
            case PrecisionPolicy.Fp16 when graph.HasQuantization:
                throw Refusal($"the graph holds Q/DQ, which TensorRT {version} builds only with INT8 allowed; use precision_policy: int8, or export with --precision fp16");
            case PrecisionPolicy.Fp16:
                return new PrecisionFlags(["--fp16"]);
            case PrecisionPolicy.Fp32Tf32 when graph.HasQuantization:
                throw Refusal($"the graph holds Q/DQ, which TensorRT {version} builds only with INT8 allowed; use precision_policy: int8, or export with --precision fp32");
            case PrecisionPolicy.Fp32Tf32 when graph.HasHalfBody:
                throw Refusal($"the graph computes in FP16, which TensorRT {version} builds only with FP16 allowed; use precision_policy: {(capabilities.Typing == Typing.Both ? "strongly_typed" : "fp16")}, or export with --precision fp32");
            default:
                return new PrecisionFlags([]);
        }
    }

    private static PrecisionFlags Strong(PrecisionPolicy policy, OnnxFacts graph, TensorRtVersion version) => policy switch
    {
        PrecisionPolicy.Fp16 when graph.HasQuantization =>
            throw Refusal($"TensorRT {version} takes every type from the graph, and this one holds Q/DQ; use precision_policy: strongly_typed, or export with --precision fp16"),
        PrecisionPolicy.Fp16 or PrecisionPolicy.Int8 when !graph.HasHalfBody =>
            throw Refusal($"TensorRT {version} has no precision flags, and this graph's body is FP32; set onnx_config.body: fp16, or precision_policy: strongly_typed to accept FP32 layers"),
        PrecisionPolicy.Fp32Tf32 when graph.HasHalfBody || graph.HasQuantization =>
            throw Refusal($"TensorRT {version} takes every type from the graph, and this one is not FP32; use precision_policy: strongly_typed, or export with --precision fp32"),
        PrecisionPolicy.Int8 when !graph.HasQuantization => new PrecisionFlags([], "the graph holds no Q/DQ, so it is built in FP16"),
        PrecisionPolicy.Fp32Tf32 => new PrecisionFlags([]),
        _ => new PrecisionFlags([], FloatBody(graph)),
    };

    private static string? FloatBody(OnnxFacts graph) =>
        graph.HasHalfBody ? null : "the graph's body is FP32, so layers without Q/DQ run in FP32; onnx_config.body: fp16 makes them FP16";

    private static QuantException Refusal(string message) => new(DiagnosticCodes.PrecisionNotPossible, message);
}
