using System.Text.RegularExpressions;
using Quant.Core.Diagnostics;

namespace Quant.Core.Native;

/// <summary>What libtorch's and ONNX Runtime's messages about memory, GPU and driver mean for a user. The native libraries give no codes, only text.</summary>
public static partial class DeviceFaults
{
    /// <summary>As <see cref="Explain(string)"/>, for a failure that may hide what it stems from; a native library that is not there has a code of its own.</summary>
    public static Diagnostic? Explain(Exception failure)
    {
        var causes = new List<Exception>();
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            causes.Add(cause);
        }

        return causes.Find(cause => cause is DllNotFoundException) is { } missing
            ? Fault(DiagnosticCodes.NativeLibraryMissing, "a native library that comes with the program cannot be loaded; build or install the program again for this platform", missing.Message)
            : causes.Select(cause => Explain(cause.Message)).FirstOrDefault(found => found is not null);
    }

    /// <summary>The coded form of a native failure with its next step; null when the text names none of these faults.</summary>
    public static Diagnostic? Explain(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (OutOfMemory().IsMatch(message))
        {
            var asked = Amount().Match(message) is { Success: true } amount ? $" (it asked for {(amount.Groups[1].Value + amount.Groups[2].Value).Trim()})" : "";
            var free = Free().Match(message) is { Success: true } rest ? $", {rest.Groups[1].Value.Trim()} were free" : "";
            var device = message.Contains("CPUAllocator", StringComparison.Ordinal) ? "this machine" : "the GPU";
            return Diagnostic.Error(DiagnosticCodes.DeviceOutOfMemory, $"{device} ran out of memory{asked}{free}; lower quantization.calibration.batch_size or train_cfg.batch_size, close other programs{(device == "the GPU" ? ", or use device: cpu" : "")}");
        }

        return NoKernel().IsMatch(message) ? Fault(DiagnosticCodes.GpuNotSupported, "the loaded libraries hold no code for this GPU; use a libtorch or ONNX Runtime build for its compute capability, or device: cpu", message)
            : Driver().IsMatch(message) ? Fault(DiagnosticCodes.DriverTooOld, "the NVIDIA driver is older than the CUDA libraries need; update the driver, or use libraries built for an older CUDA", message)
            : Mismatch().IsMatch(message) ? Fault(DiagnosticCodes.LibraryMismatch, "CUDA libraries are missing or of different versions; put the cuDNN, cuBLAS and CUDA runtime that this build names on the library path ('deploy doctor' shows what is loaded)", message)
            : Sticky().IsMatch(message) ? Fault(DiagnosticCodes.GpuFailed, "the GPU failed in the middle of a computation and this process cannot use it any more; run again, and if it happens again check the GPU with nvidia-smi and dmesg, or use device: cpu", message)
            : null;
    }

    private static Diagnostic Fault(string code, string meaning, string message) => Diagnostic.Error(code, $"{meaning} (it said: {message.Split('\n')[0].Trim()})");

    [GeneratedRegex("out of memory|can't allocate memory|CUDNN_STATUS_ALLOC_FAILED|CUBLAS_STATUS_ALLOC_FAILED|Failed to allocate memory for requested buffer", RegexOptions.IgnoreCase)]
    private static partial Regex OutOfMemory();

    [GeneratedRegex("[Tt]ried to allocate ([0-9.]+ ?[A-Za-z]+)|requested buffer of size ([0-9]+)")]
    private static partial Regex Amount();

    [GeneratedRegex("of which ([0-9.]+ ?[A-Za-z]+) is free")]
    private static partial Regex Free();

    [GeneratedRegex("no kernel image is available|CUDA_ERROR_NO_BINARY_FOR_GPU|cudaErrorNoKernelImageForDevice|invalid device function|CUDNN_STATUS_ARCH_MISMATCH|CUBLAS_STATUS_ARCH_MISMATCH", RegexOptions.IgnoreCase)]
    private static partial Regex NoKernel();

    [GeneratedRegex("driver (on your system is too old|version is insufficient)|CUDA_ERROR_SYSTEM_DRIVER_MISMATCH|cudaErrorInsufficientDriver|PTX was compiled with an unsupported toolchain", RegexOptions.IgnoreCase)]
    private static partial Regex Driver();

    [GeneratedRegex(@"lib(cu|nv|onnxruntime_providers)[\w.-]*\.so[\w.]*: (cannot open shared object file|undefined symbol|version)|CUDNN_STATUS_(NOT_INITIALIZED|VERSION_MISMATCH|SUBLIBRARY)|CUBLAS_STATUS_NOT_INITIALIZED|cuDNN version incompatibility|Failed to load library libonnxruntime_providers", RegexOptions.IgnoreCase)]
    private static partial Regex Mismatch();

    [GeneratedRegex("illegal memory access|device-side assert|misaligned address|unspecified launch failure|uncorrectable ECC|CUDA error|CUDA failure|cudaError", RegexOptions.IgnoreCase)]
    private static partial Regex Sticky();
}
