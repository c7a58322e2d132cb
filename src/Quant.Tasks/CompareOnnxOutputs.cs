namespace Quant.Tasks;

/// <summary>Compares the outputs of the INT8 graph with those of the FP16 graph: compare.json.</summary>
public sealed class CompareOnnxOutputs : PipelineTask
{
    /// <inheritdoc/>
    protected override string Stage => "compare";
}
