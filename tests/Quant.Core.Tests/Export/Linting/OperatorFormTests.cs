using System.Globalization;
using Quant.Core.Diagnostics;

namespace Quant.Core.Tests.Export.Linting;

public sealed class OperatorFormTests
{
    /// <summary>
    /// Operator, first opset with this form, fewest-most inputs, fewest-most outputs, attributes with a ! behind required ones: read from ONNX's
    /// docs/Changelog.md (github.com/onnx/onnx, August 2026) with a script, opsets 1 to 25.
    /// </summary>
    private const string Changelog = """
        Add 1 2-2 1-1 axis broadcast consumed_inputs
        Add 6 2-2 1-1 axis broadcast
        Add 7 2-2 1-1
        Cast 1 1-1 1-1 to!
        Cast 19 1-1 1-1 saturate to!
        Cast 24 1-1 1-1 round_mode saturate to!
        Concat 1 1-n 1-1 axis
        Concat 4 1-n 1-1 axis!
        Conv 1 2-3 1-1 auto_pad dilations group kernel_shape pads strides
        ConvTranspose 1 2-3 1-1 auto_pad dilations group kernel_shape output_padding output_shape pads strides
        DepthToSpace 1 1-1 1-1 blocksize!
        DepthToSpace 11 1-1 1-1 blocksize! mode
        DequantizeLinear 10 2-3 1-1
        DequantizeLinear 13 2-3 1-1 axis
        DequantizeLinear 21 2-3 1-1 axis block_size
        DequantizeLinear 23 2-3 1-1 axis block_size output_dtype
        Div 1 2-2 1-1 axis broadcast consumed_inputs
        Div 6 2-2 1-1 axis broadcast
        Div 7 2-2 1-1
        Erf 9 1-1 1-1
        Expand 8 2-2 1-1
        Gemm 1 3-3 1-1 alpha beta broadcast transA transB
        Gemm 7 3-3 1-1 alpha beta transA transB
        Gemm 11 2-3 1-1 alpha beta transA transB
        Identity 1 1-1 1-1
        LayerNormalization 17 2-3 1-3 axis epsilon stash_type
        MatMul 1 2-2 1-1
        Mul 1 2-2 1-1 axis broadcast consumed_inputs
        Mul 6 2-2 1-1 axis broadcast
        Mul 7 2-2 1-1
        QuantizeLinear 10 2-3 1-1
        QuantizeLinear 13 2-3 1-1 axis
        QuantizeLinear 19 2-3 1-1 axis saturate
        QuantizeLinear 21 2-3 1-1 axis block_size output_dtype saturate
        QuantizeLinear 23 2-3 1-1 axis block_size output_dtype precision saturate
        ReduceMax 1 1-1 1-1 axes keepdims
        ReduceMax 18 1-2 1-1 keepdims noop_with_empty_axes
        ReduceMean 1 1-1 1-1 axes keepdims
        ReduceMean 18 1-2 1-1 keepdims noop_with_empty_axes
        Relu 1 1-1 1-1 consumed_inputs
        Relu 6 1-1 1-1
        Reshape 1 1-1 1-1 consumed_inputs shape
        Reshape 5 2-2 1-1
        Reshape 14 2-2 1-1 allowzero
        Shape 1 1-1 1-1
        Shape 15 1-1 1-1 end start
        Sigmoid 1 1-1 1-1 consumed_inputs
        Sigmoid 6 1-1 1-1
        Sqrt 1 1-1 1-1 consumed_inputs
        Sqrt 6 1-1 1-1
        Sub 1 2-2 1-1 axis broadcast consumed_inputs
        Sub 6 2-2 1-1 axis broadcast
        Sub 7 2-2 1-1
        Transpose 1 1-1 1-1 perm
        """;

    private static readonly List<Form> Forms = [.. Changelog.Split('\n', StringSplitOptions.TrimEntries).Select(line => line.Split(' ')).Select(words => new Form(
        words[0],
        int.Parse(words[1], CultureInfo.InvariantCulture),
        Range(words[2]),
        Range(words[3]),
        words[4..]))];

    private static readonly string[] EveryAttribute = [.. Forms.SelectMany(form => form.Attributes).Select(name => name.TrimEnd('!')).Distinct()];

    public static TheoryData<string> Operators => [.. Forms.Select(form => form.OpType).Distinct()];

    [Theory]
    [MemberData(nameof(Operators))]
    public void Inputs_outputs_and_attributes_are_those_of_the_onnx_specification(string opType)
    {
        for (var opset = 1; opset <= 25; opset++)
        {
            if (Forms.LastOrDefault(form => form.OpType == opType && form.Since <= opset) is not { } form)
            {
                Assert.Equal($"does not exist in opset {opset}", Finding(opset, opType, 1, 1, []));
                continue;
            }

            string[] names = [.. form.Attributes.Select(name => name.TrimEnd('!'))];
            string[] required = [.. form.Attributes.Where(name => name.EndsWith('!')).Select(name => name.TrimEnd('!'))];
            for (var inputs = 0; inputs <= 4; inputs++)
            {
                var allowed = inputs >= form.Inputs.Min && inputs <= form.Inputs.Max;
                Assert.Equal(allowed ? null : $"has {inputs} inputs and 1 outputs, which opset {opset} does not allow", Finding(opset, opType, inputs, 1, names));
            }

            var fewest = form.Inputs.Min;
            for (var outputs = 0; outputs <= 4; outputs++)
            {
                var allowed = outputs >= form.Outputs.Min && outputs <= form.Outputs.Max;
                Assert.Equal(allowed ? null : $"has {fewest} inputs and {outputs} outputs, which opset {opset} does not allow", Finding(opset, opType, fewest, outputs, names));
            }

            foreach (var name in EveryAttribute.Append("colour"))
            {
                Assert.Equal(names.Contains(name) ? null : $"has the attribute '{name}', which opset {opset} does not know", Finding(opset, opType, fewest, 1, [.. required, name]));
            }

            foreach (var name in required)
            {
                Assert.Equal($"lacks the attribute '{name}'", Finding(opset, opType, fewest, 1, [.. names.Where(item => item != name)]));
            }
        }
    }

    /// <summary>The one finding on the form of a node, or null.</summary>
    private static string? Finding(int opset, string opType, int inputs, int outputs, string[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, inputs).Select(index => $"x{index}")];
        var graph = new LintGraph(opset).Node(opType, "node", names, [.. attributes.Distinct().Select(name => (name, (object)1))]);
        var node = graph["node"];
        foreach (var attribute in node.Attribute)
        {
            // Any value will do: a form is about names.
            attribute.ClearType();
        }

        node.Output.Clear();
        node.Output.AddRange(Enumerable.Range(0, outputs).Select(index => $"y{index}"));
        return graph.Messages(DiagnosticCodes.LintOpset).SingleOrDefault();
    }

    private static (int Min, int Max) Range(string text) =>
        text.Split('-') is [var low, var high] ? (int.Parse(low, CultureInfo.InvariantCulture), high == "n" ? int.MaxValue : int.Parse(high, CultureInfo.InvariantCulture)) : throw new FormatException(text);

    private sealed record Form(string OpType, int Since, (int Min, int Max) Inputs, (int Min, int Max) Outputs, string[] Attributes);
}
