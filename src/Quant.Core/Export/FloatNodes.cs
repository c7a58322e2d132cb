using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using static Quant.Core.Export.OnnxGraphBuilder;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export;

/// <summary>Activations, LayerNorm and changes of layout in the forms that every opset and runtime takes, in FP32 or FP16.</summary>
internal sealed class FloatNodes(OnnxGraphBuilder builder, int opset)
{
    /// <summary>The first opset with LayerNormalization; before it the norm is written out in FP32.</summary>
    public const int LayerNormOpset = 17;

    /// <summary>The activation of a layer's linear output.</summary>
    /// <param name="layer">Whose; must have one.</param>
    /// <param name="source">The tensor before it.</param>
    /// <param name="result">The tensor after it.</param>
    /// <param name="type">Of both.</param>
    public void Activation(LayerWeights layer, string source, string result, DataType type)
    {
        if (layer.Activation == Models.Activation.Relu)
        {
            builder.Node("Relu", $"{layer.Name}/Relu", [source], result);
            return;
        }

        // x/2·(1 + erf(x/√2)) as PyTorch writes it: the form that ONNX Runtime and TensorRT fuse; a Gelu operator exists from opset 20 only.
        var prefix = $"{layer.Name}/Gelu";
        var divided = builder.Node("Div", $"{prefix}/Div", [source, Scalar("sqrt_2", MathF.Sqrt(2), type)], $"{prefix}/Div_out");
        var erf = builder.Node("Erf", $"{prefix}/Erf", [divided], $"{prefix}/Erf_out");
        var sum = builder.Node("Add", $"{prefix}/Add", [erf, Scalar("one", 1, type)], $"{prefix}/Add_out");
        var product = builder.Node("Mul", $"{prefix}/Mul", [source, sum], $"{prefix}/Mul_out");
        builder.Node("Mul", $"{prefix}/Mul_1", [product, Scalar("half", 0.5f, type)], result);
    }

    /// <summary>A LayerNorm over the last axis.</summary>
    /// <param name="layer">The norm.</param>
    /// <param name="source">Its input.</param>
    /// <param name="weight">[channels], of the input's type.</param>
    /// <param name="bias">[channels], or null.</param>
    /// <param name="result">Its output.</param>
    public void LayerNorm(LayerWeights layer, string source, string weight, string? bias, string result)
    {
        if (opset >= LayerNormOpset)
        {
            // The statistics are FP32 whatever the input's type (stash_type 1, the default).
            builder.Node("LayerNormalization", layer.Name, bias is null ? [source, weight] : [source, weight, bias], result, Int("axis", -1), Float("epsilon", (float)layer.Epsilon));
            return;
        }

        string Step(string opType, string part, params string[] inputs) => builder.Node(opType, $"{layer.Name}/{part}", inputs, $"{layer.Name}/{part}_out");
        string Mean(string part, string input) => builder.Node("ReduceMean", $"{layer.Name}/{part}", [input], $"{layer.Name}/{part}_out", Ints("axes", -1), Int("keepdims", 1));
        var centered = Step("Sub", "Sub", source, Mean("Mean", source));
        var variance = Mean("Variance", Step("Mul", "Square", centered, centered));
        var epsilon = builder.Constant(OnnxTensor.Float($"{layer.Name}.epsilon", [], [(float)layer.Epsilon]));
        var normalized = Step("Div", "Div", centered, Step("Sqrt", "Sqrt", Step("Add", "Epsilon", variance, epsilon)));
        if (bias is null)
        {
            builder.Node("Mul", layer.Name, [normalized, weight], result);
            return;
        }

        builder.Node("Add", layer.Name, [Step("Mul", "Scale", normalized, weight), bias], result);
    }

    /// <summary>A ToChannelsLast or ToChannelsFirst node.</summary>
    public void Transpose(ExportNode node, string source, string result) =>
        builder.Node("Transpose", $"{node.Output}/Transpose", [source], result, node.Op is ExportOp.ToChannelsLast ? Ints("perm", 0, 2, 3, 1) : Ints("perm", 0, 3, 1, 2));

    private string Scalar(string name, float value, DataType type) => builder.Constant(type == DataType.Float
        ? OnnxTensor.Float($"gelu.{name}", [], [value])
        : OnnxTensor.Half($"gelu.{name}.half", [], [(Half)value]));
}
