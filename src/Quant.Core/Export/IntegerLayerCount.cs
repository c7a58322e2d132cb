using System.Text.RegularExpressions;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Export;

/// <summary>How many layers run as integer, read from a graph that ONNX Runtime has optimized (<c>OptimizedModelFilePath</c>).</summary>
/// <param name="Total">Layers that were looked for.</param>
/// <param name="IntegerLayers">Their names, in the order asked for.</param>
/// <param name="FloatLayers">The others.</param>
public sealed partial record IntegerLayerCount(int Total, IReadOnlyList<string> IntegerLayers, IReadOnlyList<string> FloatLayers)
{
    private static readonly HashSet<string> IntegerOperators =
        ["QLinearConv", "QLinearMatMul", "QGemm", "ConvInteger", "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul"];

    /// <summary>Number of layers that run as integer.</summary>
    public int Integer => IntegerLayers.Count;

    /// <summary>
    /// Finds each layer by the name of its fused node, which keeps the layer's name up to an optimizer's suffix, or by its weight
    /// constant <c>&lt;layer&gt;.weight</c>.
    /// </summary>
    public static IntegerLayerCount Of(ModelProto optimized, IEnumerable<string> layers)
    {
        ArgumentNullException.ThrowIfNull(optimized);
        var integer = optimized.Graph.Node
            .Where(node => IntegerOperators.Contains(node.OpType))
            .SelectMany(node => node.Input.Where(name => name.Contains(".weight", StringComparison.Ordinal)).Append(node.Name))
            .Select(Owner)
            .ToHashSet(StringComparer.Ordinal);
        var found = layers.ToLookup(integer.Contains);
        return new IntegerLayerCount(found[true].Count() + found[false].Count(), [.. found[true]], [.. found[false]]);
    }

    private static string Owner(string name)
    {
        var plain = OptimizerSuffix().Replace(name, "");
        var weight = plain.IndexOf(".weight", StringComparison.Ordinal);
        return weight > 0 ? plain[..weight] : plain;
    }

    [GeneratedRegex(@"(_token_\d+|_nchwc|_quant|_nhwc)+$", RegexOptions.CultureInvariant)]
    private static partial Regex OptimizerSuffix();
}
