using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>
/// What one family of TensorRT versions can do. Options have their own table, <see cref="TrtexecOptions"/>. Sources: NVIDIA/TensorRT
/// release branches (trtexec, parser submodule), onnx-tensorrt docs/operators.md, TensorRT's documentation on explicit quantization.
/// </summary>
/// <param name="Family">Such as <c>10.2–10.14</c>.</param>
/// <param name="From">First version (major, minor).</param>
/// <param name="Until">First version that belongs to the next family.</param>
/// <param name="Typing">Precision flags, a typed graph, or both.</param>
/// <param name="MaxOpset">Highest opset the parser documents.</param>
/// <param name="MaxIr">Highest ONNX IR version of the parser's ONNX; a newer one is only warned of.</param>
/// <param name="DeconvolutionAxis">Axis of per-channel weight scales that ConvTranspose kernels take (weights [Cin, Cout/groups, kh, kw]).</param>
/// <param name="Int8Constants">True when INT8 weights before a DequantizeLinear are taken (<c>prequantized_weights</c>).</param>
/// <param name="FastDefaults">True when CUDA graph and spin wait are on and transfers off without being asked for.</param>
/// <param name="WeakTypingNote">Text for people when precision flags still work but are on their way out.</param>
public sealed record TrtexecCapabilities(
    string Family,
    (int Major, int Minor) From,
    (int Major, int Minor) Until,
    Typing Typing,
    int MaxOpset,
    int MaxIr,
    int DeconvolutionAxis,
    bool Int8Constants,
    bool FastDefaults,
    string? WeakTypingNote = null)
{
    private const string Deprecated = "deprecated since 10.12, removed in 11.0";

    /// <summary>Every family, oldest first.</summary>
    public static IReadOnlyList<TrtexecCapabilities> All { get; } =
    [
        //  family          from      until     typing         opset IR deconv INT8 constants  fast defaults
        new("8.5",          (8, 5),   (8, 6),   Typing.Weak,   17,   8,  0,    false,          false),
        new("8.6",          (8, 6),   (9, 0),   Typing.Weak,   17,   8,  0,    false,          false),
        new("9.0",          (9, 0),   (9, 1),   Typing.Weak,   19,   9,  0,    false,          false),
        new("9.1–9.3",      (9, 1),   (10, 0),  Typing.Both,   19,   9,  0,    false,          false),
        new("10.0–10.1",    (10, 0),  (10, 2),  Typing.Both,   20,   10, 0,    true,           false),
        new("10.2–10.11",   (10, 2),  (10, 12), Typing.Both,   20,   10, 1,    true,           false),
        new("10.12–10.14",  (10, 12), (10, 15), Typing.Both,   20,   10, 1,    true,           false, Deprecated),
        new("10.15–10.16",  (10, 15), (11, 0),  Typing.Both,   24,   11, 1,    true,           false, Deprecated),
        new("11.x",         (11, 0),  (12, 0),  Typing.Strong, 24,   11, 1,    true,           true),
    ];

    /// <summary>The version these capabilities were looked up for.</summary>
    public TensorRtVersion Version { get; init; } = new(From.Major, From.Minor, 0);

    /// <summary>The option that builds and does not infer.</summary>
    public string BuildOnlyOption => Has("--skipInference") ? "--skipInference" : "--buildOnly";

    /// <summary>True when this version takes the option.</summary>
    public bool Has(string option) => TrtexecOptions.Find(option)?.IsKnownTo(Version) ?? false;

    /// <summary>True for the versions of this family.</summary>
    public bool Covers(TensorRtVersion version) => version.IsAtLeast(From.Major, From.Minor) && !version.IsAtLeast(Until.Major, Until.Minor);

    /// <summary>The capabilities of a version.</summary>
    /// <exception cref="QuantException">QNT0503: older than 8.5, or a major version that did not exist when this was written.</exception>
    public static TrtexecCapabilities For(TensorRtVersion version) =>
        All.FirstOrDefault(family => family.Covers(version)) is { } found
            ? found with { Version = version }
            : throw new QuantException(
                DiagnosticCodes.TensorRtNotSupported,
                version < new TensorRtVersion(8, 5, 0)
                    ? $"TensorRT {version} is too old: 8.5 is the first that this program builds with; use ONNX Runtime (backend_config.engine: onnxruntime) or a newer TensorRT"
                    : $"TensorRT {version} is newer than this program knows (up to {All[^1].Family}), and a new major version changes trtexec's options; update this program or use TensorRT {All[^1].Family}");
}
