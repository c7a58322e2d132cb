namespace Quant.Core.Export.Linting;

/// <summary>What to check a graph for.</summary>
public sealed record OnnxLintOptions
{
    /// <summary>The runtime.</summary>
    public OnnxLintProfile Profile { get; init; } = OnnxLintProfile.TensorRt;

    /// <summary>The TensorRT version that will build it; null checks what every version from 8.5 agrees on.</summary>
    public Version? TensorRtVersion { get; init; }

    /// <summary>The file that findings name.</summary>
    public string? File { get; init; }
}
