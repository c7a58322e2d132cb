using Quant.Core.Models;

namespace Deploy.Engines;

/// <summary>Anything that turns the pillars of one frame into head outputs: TorchSharp, ONNX Runtime or stored TensorRT outputs.</summary>
public interface IDetectorModel : IDisposable
{
    /// <summary>The name in results: <c>fp32</c>, <c>fp16</c>, <c>int8</c>, <c>int8_cpu</c>.</summary>
    string Name { get; }

    /// <summary>What runs it, such as <c>CPUExecutionProvider</c> or <c>libtorch cpu</c>; complete once it has run (<c>CUDAExecutionProvider (2 of 61 nodes on CPUExecutionProvider)</c>).</summary>
    string Provider { get; }

    /// <summary>
    /// Raw head outputs by name (<c>heatmap</c> logits, <c>reg</c>, <c>height</c>, <c>dim</c>, <c>rot</c>, <c>vel</c>; with several tasks
    /// <c>heatmap_0</c>, …), each [1, C, H, W].
    /// </summary>
    IReadOnlyDictionary<string, HostTensor> Run(PillarBatch pillars);
}
