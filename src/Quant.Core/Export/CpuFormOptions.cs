namespace Quant.Core.Export;

/// <summary>How the CPU form of an INT8 graph is written.</summary>
public sealed record CpuFormOptions
{
    /// <summary>True when the graph's input is never negative (the canvas, which holds ReLU outputs): all 255 levels then lie above zero.</summary>
    public required bool NonNegativeInput { get; init; }

    /// <summary>
    /// True: 7-bit weights. On x86 CPUs without VNNI, two products of 8-bit numbers saturate the 16-bit sums of VPMADDUBSW.
    /// </summary>
    public bool ReduceRange { get; init; }

    /// <summary>Opset of the default domain, 13 to 21.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>Names and axes; null takes <see cref="OnnxInterface.Awml"/>.</summary>
    public OnnxInterface? Interface { get; init; }

    /// <summary>Free text in the file.</summary>
    public string DocString { get; init; } = "";
}
