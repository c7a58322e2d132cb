using Microsoft.ML.OnnxRuntime;
using Quant.Core.Diagnostics;
using TorchSharp;

namespace Deploy.Pipeline;

/// <summary>Chooses where torch computes.</summary>
public static class Devices
{
    /// <summary>True when the loaded ONNX Runtime has the CUDA provider.</summary>
    public static bool OnnxRuntimeHasCuda => OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider");

    /// <summary>The devices that calibration shares its frames over: every visible GPU for <c>cuda:all</c>, else the one that computes.</summary>
    public static IReadOnlyList<torch.Device> Sharing(string name, torch.Device device) =>
        name == "cuda:all" ? [.. Enumerable.Range(0, torch.cuda.device_count()).Select(index => torch.device(DeviceType.CUDA, index))] : [device];

    /// <summary>The device of a config value: <c>auto</c> takes CUDA when libtorch has it, <c>cuda:all</c> the first GPU.</summary>
    /// <exception cref="QuantException">QNT0922: a GPU was asked for and is not there.</exception>
    public static torch.Device Choose(string name, SourceLocation? location)
    {
        ArgumentNullException.ThrowIfNull(name);
        var cuda = torch.cuda.is_available();
        if (name == "cpu" || (name == "auto" && !cuda))
        {
            return torch.CPU;
        }

        var index = name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name[5..], out var number) ? number : 0;
        return cuda && index < torch.cuda.device_count()
            ? torch.device(DeviceType.CUDA, index)
            : throw new QuantException(DiagnosticCodes.DeviceMissing, $"device '{name}' is not there: the loaded libtorch sees {(cuda ? torch.cuda.device_count() : 0)} CUDA devices; use device: auto or cpu, or build with -p:QuantGpu=true", location);
    }
}
