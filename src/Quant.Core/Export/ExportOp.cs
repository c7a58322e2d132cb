namespace Quant.Core.Export;

/// <summary>What a node of an <see cref="ExportGraph"/> does: the operations of a layer graph, without torch.</summary>
public abstract record ExportOp
{
    private ExportOp()
    {
    }

    /// <summary>A layer on its inputs: one, or the operands of an Add.</summary>
    public sealed record Apply(LayerWeights Layer) : ExportOp;

    /// <summary>Joins its inputs along axis 1 of [B, C, H, W].</summary>
    public sealed record ConcatChannels : ExportOp;

    /// <summary>Maximum over the points of a pillar: [P, M, C] → [P, 1, C].</summary>
    public sealed record MaxOverPoints : ExportOp;

    /// <summary>Inputs x [P, M, C] and m [P, 1, C]: repeats m over the points and joins, [P, M, 2C].</summary>
    public sealed record AppendPillarMax : ExportOp;

    /// <summary>[B, C, H, W] → [B, H, W, C].</summary>
    public sealed record ToChannelsLast : ExportOp;

    /// <summary>[B, H, W, C] → [B, C, H, W].</summary>
    public sealed record ToChannelsFirst : ExportOp;

    /// <summary>
    /// [B, C·b², H, W] → [B, C, H·b, W·b]; input channel c·b² + y·b + x goes to output channel c, row offset y, column offset x
    /// (ONNX DepthToSpace, mode CRD).
    /// </summary>
    public sealed record DepthToSpace(int BlockSize) : ExportOp;
}
