namespace Quant.Tasks;

/// <summary>Writes the FP32, FP16 and INT8 (Q/DQ) ONNX files.</summary>
public sealed class ExportQdqOnnx : PipelineTask
{
    /// <inheritdoc/>
    protected override string Stage => "export";
}
