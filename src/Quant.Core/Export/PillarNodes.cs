using static Quant.Core.Export.OnnxGraphBuilder;

namespace Quant.Core.Export;

/// <summary>The pillar feature net's operations without weights, in the forms of each opset.</summary>
internal static class PillarNodes
{
    /// <summary>Writes a MaxOverPoints or AppendPillarMax node.</summary>
    /// <param name="builder">Where to.</param>
    /// <param name="node">The node.</param>
    /// <param name="read">The tensor that holds a value.</param>
    /// <param name="result">Names the result; called once.</param>
    /// <param name="opset">ReduceMax takes its axes as an input from opset 18.</param>
    public static void Write(OnnxGraphBuilder builder, ExportNode node, Func<string, string> read, Func<string> result, int opset)
    {
        var source = read(node.Inputs[0]);
        switch (node.Op)
        {
            case ExportOp.MaxOverPoints when opset >= 18:
                var axes = builder.Constant(OnnxTensor.Int64($"{node.Output}.axes", [1], [1]));
                builder.Node("ReduceMax", $"{node.Output}/ReduceMax", [source, axes], result(), Int("keepdims", 1));
                break;
            case ExportOp.MaxOverPoints:
                builder.Node("ReduceMax", $"{node.Output}/ReduceMax", [source], result(), Ints("axes", 1), Int("keepdims", 1));
                break;
            case ExportOp.AppendPillarMax:
                var shape = builder.Node("Shape", $"{node.Output}/Shape", [source], $"{node.Output}/shape_out");
                var repeated = builder.Node("Expand", $"{node.Output}/Expand", [read(node.Inputs[1]), shape], $"{node.Output}/expand_out");
                builder.Node("Concat", $"{node.Output}/Concat", [source, repeated], result(), Int("axis", 2));
                break;
            default:
                throw new InvalidOperationException($"unknown export operation {node.Op}");
        }
    }
}
