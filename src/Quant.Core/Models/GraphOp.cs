namespace Quant.Core.Models;

/// <summary>What a node of a <see cref="LayerGraph"/> does. Every walk (forward, calibration, export) switches on these.</summary>
public abstract record GraphOp
{
    private GraphOp()
    {
    }

    /// <summary>Runs a layer on its inputs: one, or the operands of an Add.</summary>
    public sealed record Apply(Layer Layer) : GraphOp;

    /// <summary>Joins its inputs along the channel axis 1 of [B, C, H, W].</summary>
    public sealed record ConcatChannels : GraphOp;

    /// <summary>Maximum over the points of a pillar: [P, M, C] → [P, 1, C]. Padded points take part, as in MMDetection3D.</summary>
    public sealed record MaxOverPoints : GraphOp;

    /// <summary>Inputs x [P, M, C] and m [P, 1, C]: repeats m over the points and joins, [P, M, 2C].</summary>
    public sealed record AppendPillarMax : GraphOp;

    /// <summary>[B, C, H, W] → [B, H, W, C].</summary>
    public sealed record ToChannelsLast : GraphOp;

    /// <summary>[B, H, W, C] → [B, C, H, W].</summary>
    public sealed record ToChannelsFirst : GraphOp;
}
