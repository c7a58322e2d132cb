namespace Quant.Tasks;

/// <summary>Builds the FP16 and INT8 engines with trtexec, or ONNX Runtime's CPU form where there is none: engine.json says which.</summary>
public sealed class BuildTensorRtEngine : PipelineTask
{
    /// <inheritdoc/>
    protected override string Stage => "engine";
}
