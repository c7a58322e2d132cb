using Quant.Core.Native;

namespace Quant.Core.Tests.Native;

public sealed class DeviceFaultsTests
{
    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 79.10 GiB of which 5.25 MiB is free. Process 1 has 79 GiB memory in use.", "QNT0924", "the GPU ran out of memory (it asked for 20.00 MiB), 5.25 MiB were free")]
    [InlineData("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 68719476736 bytes. Error code 12", "QNT0924", "this machine ran out of memory (it asked for 68719476736 bytes)")]
    [InlineData("BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 9663676416", "QNT0924", "asked for 9663676416")]
    [InlineData("cuDNN error: CUDNN_STATUS_ALLOC_FAILED", "QNT0924", "ran out of memory;")]
    [InlineData("CUDA error: no kernel image is available for execution on the device\nCUDA kernel errors might be asynchronously reported", "QNT0925", "no code for this GPU")]
    [InlineData("The NVIDIA driver on your system is too old (found version 11040).", "QNT0926", "update the driver")]
    [InlineData("CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1", "QNT0926", "update the driver")]
    [InlineData("Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file: No such file or directory", "QNT0927", "missing or of different versions")]
    [InlineData("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED", "QNT0927", "missing or of different versions")]
    [InlineData("CUDA error: an illegal memory access was encountered", "QNT0928", "cannot use it any more")]
    public void A_native_message_becomes_a_code_with_a_next_step(string message, string code, string part)
    {
        var fault = DeviceFaults.Explain(message);

        Assert.Equal(code, fault?.Code);
        Assert.Contains(part, fault!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void A_native_library_that_is_not_there_is_named_however_deep_the_failure_hides_it()
    {
        var failure = new TypeInitializationException("Microsoft.ML.OnnxRuntime.NativeMethods", new DllNotFoundException("Unable to load shared library 'onnxruntime' or one of its dependencies.\nIn order to help diagnose …"));

        var fault = DeviceFaults.Explain(failure);

        Assert.Equal("QNT0903", fault?.Code);
        Assert.Contains("'onnxruntime'", fault!.Message, StringComparison.Ordinal);
        Assert.Null(DeviceFaults.Explain(new InvalidOperationException("nothing of the kind", new FormatException("neither"))));
    }

    [Theory]
    [InlineData("The size of tensor a (3) must match the size of tensor b (4)")]
    [InlineData("Object reference not set to an instance of an object.")]
    [InlineData("")]
    public void Other_messages_stay_what_they_are(string message) => Assert.Null(DeviceFaults.Explain(message));
}
