namespace Quant.Core.Export.Linting;

/// <summary>What an operator of the default domain may look like in an opset (ONNX, docs/Changelog.md).</summary>
/// <param name="Since">First opset with this form.</param>
/// <param name="Inputs">Fewest and most inputs.</param>
/// <param name="Attributes">Allowed attributes; a trailing <c>!</c> marks a required one.</param>
internal sealed record OperatorForm(int Since, (int Min, int Max) Inputs, params string[] Attributes)
{
    private static readonly string[] Convolution = ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"];

    private static readonly OperatorForm[] Unary = [new(1, (1, 1), "consumed_inputs"), new(6, (1, 1))];

    private static readonly OperatorForm[] Binary = [new(1, (2, 2), "axis", "broadcast", "consumed_inputs"), new(6, (2, 2), "axis", "broadcast"), new(7, (2, 2))];

    private static readonly OperatorForm[] Reduction = [new(1, (1, 1), "axes", "keepdims"), new(18, (1, 2), "keepdims", "noop_with_empty_axes")];

    private static readonly Dictionary<string, OperatorForm[]> Forms = new(StringComparer.Ordinal)
    {
        ["Conv"] = [new(1, (2, 3), Convolution)],
        ["ConvTranspose"] = [new(1, (2, 3), [.. Convolution, "output_padding", "output_shape"])],
        ["Relu"] = Unary,
        ["Sigmoid"] = Unary,
        ["Sqrt"] = Unary,
        ["Erf"] = [new(9, (1, 1))],
        ["Identity"] = [new(1, (1, 1))],
        ["Add"] = Binary,
        ["Sub"] = Binary,
        ["Mul"] = Binary,
        ["Div"] = Binary,
        ["MatMul"] = [new(1, (2, 2))],
        ["Gemm"] = [new(1, (3, 3), "alpha", "beta", "broadcast", "transA", "transB"), new(7, (3, 3), "alpha", "beta", "transA", "transB"), new(11, (2, 3), "alpha", "beta", "transA", "transB")],
        ["LayerNormalization"] = [new(17, (2, 3), "axis", "epsilon", "stash_type") { MostOutputs = 3 }],
        ["ReduceMax"] = Reduction,
        ["ReduceMean"] = Reduction,
        ["Concat"] = [new(1, (1, int.MaxValue), "axis"), new(4, (1, int.MaxValue), "axis!")],
        ["Expand"] = [new(8, (2, 2))],
        ["Reshape"] = [new(1, (1, 1), "consumed_inputs", "shape"), new(5, (2, 2)), new(14, (2, 2), "allowzero")],
        ["Transpose"] = [new(1, (1, 1), "perm")],
        ["Shape"] = [new(1, (1, 1)), new(15, (1, 1), "start", "end")],
        ["DepthToSpace"] = [new(1, (1, 1), "blocksize!"), new(11, (1, 1), "blocksize!", "mode")],
        ["Cast"] = [new(1, (1, 1), "to!"), new(19, (1, 1), "to!", "saturate"), new(24, (1, 1), "to!", "saturate", "round_mode")],
        ["QuantizeLinear"] =
        [
            new(10, (2, 3)), new(13, (2, 3), "axis"), new(19, (2, 3), "axis", "saturate"), new(21, (2, 3), "axis", "saturate", "block_size", "output_dtype"),
            new(23, (2, 3), "axis", "saturate", "block_size", "output_dtype", "precision"),
        ],
        ["DequantizeLinear"] =
        [
            new(10, (2, 3)), new(13, (2, 3), "axis"), new(21, (2, 3), "axis", "block_size"), new(23, (2, 3), "axis", "block_size", "output_dtype"),
        ],
    };

    /// <summary>Outputs beyond the first are optional.</summary>
    public int MostOutputs { get; init; } = 1;

    /// <summary>The names of the allowed attributes.</summary>
    public IEnumerable<string> Allowed => Attributes.Select(name => name.TrimEnd('!'));

    /// <summary>The names of the required attributes.</summary>
    public IEnumerable<string> Required => Attributes.Where(name => name.EndsWith('!')).Select(name => name.TrimEnd('!'));

    /// <summary>True when the operator is in the table.</summary>
    public static bool Knows(string opType) => Forms.ContainsKey(opType);

    /// <summary>The form of an operator in an opset, or null when it does not exist yet.</summary>
    public static OperatorForm? Of(string opType, long opset) => Forms[opType].LastOrDefault(form => form.Since <= opset);
}
