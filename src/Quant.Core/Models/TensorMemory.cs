using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>Reads CPU tensors without copying.</summary>
public static class TensorMemory
{
    /// <summary>The values of a contiguous float32 CPU tensor, valid while the tensor lives.</summary>
    public static ReadOnlySpan<float> Span(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.device_type != DeviceType.CPU || tensor.dtype != ScalarType.Float32 || !tensor.is_contiguous())
        {
            throw new ArgumentException("expected a contiguous float32 CPU tensor");
        }

        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.bytes);
    }

    /// <summary>The same memory, to write a new tensor's values.</summary>
    internal static Span<float> Writable(Tensor tensor)
    {
        var values = Span(tensor);
        return System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(values), values.Length);
    }

    /// <summary>A copy in managed memory, from any device and floating type.</summary>
    public static HostTensor ToHost(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        var host = tensor.detach().to(float32).cpu().contiguous();
        return new HostTensor(Span(host).ToArray(), tensor.shape);
    }
}
