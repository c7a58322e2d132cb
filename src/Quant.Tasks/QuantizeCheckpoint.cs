namespace Quant.Tasks;

/// <summary>Folds norms, places Q/DQ, calibrates and corrects: quantized.pth and quantization.json.</summary>
public sealed class QuantizeCheckpoint : PipelineTask
{
    /// <inheritdoc/>
    protected override string Stage => "correct";
}
