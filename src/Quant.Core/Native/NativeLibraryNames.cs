using System.Runtime.InteropServices;

namespace Quant.Core.Native;

/// <summary>File names of the native libraries on this platform.</summary>
internal static class NativeLibraryNames
{
    public static string Rid { get; } =
        OperatingSystem.IsWindows() ? "win-x64"
        : OperatingSystem.IsMacOS() ? "osx-arm64"
        : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    public static string TorchSharp { get; } = File("LibTorchSharp");

    public static string TorchCpu { get; } = File("torch_cpu");

    /// <summary>In load order; a pattern because packages give libgomp a hash in its name.</summary>
    public static IReadOnlyList<string> LibTorch { get; } = OperatingSystem.IsWindows()
        ? ["libiomp5md.dll", "uv.dll", "c10.dll", "torch_cpu.dll", "torch.dll"]
        : OperatingSystem.IsMacOS()
            ? ["libomp.dylib", "libc10.dylib", "libtorch_cpu.dylib", "libtorch.dylib"]
            : ["libgomp*.so*", "libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    private static string File(string name) =>
        OperatingSystem.IsWindows() ? name + ".dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
}
