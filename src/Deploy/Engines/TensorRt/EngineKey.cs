using System.Security.Cryptography;
using System.Text;

namespace Deploy.Engines.TensorRt;

/// <summary>Everything that decides what an engine holds. Equal keys mean that the engine need not be built again.</summary>
/// <param name="Onnx">SHA-256 of the ONNX file's bytes.</param>
/// <param name="Flags">trtexec's arguments without those that only name files.</param>
/// <param name="Tensorrt">Version of TensorRT.</param>
/// <param name="Gpu">The GPU's name.</param>
/// <param name="Driver">The driver's version.</param>
public sealed record EngineKey(string Onnx, IReadOnlyList<string> Flags, string Tensorrt, string Gpu, string Driver)
{
    private static readonly string[] FileOptions = ["--onnx=", "--saveEngine=", "--loadEngine=", "--timingCacheFile=", "--exportTimes=", "--exportProfile=", "--exportLayerInfo=", "--exportOutput=", "--loadInputs="];

    /// <summary>SHA-256 over all parts, each with its length, in hexadecimal.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
        new[] { Onnx, Tensorrt, Gpu, Driver }.Concat(Flags).Select(part => $"{part.Length}:{part}\n")))));

    /// <summary>The key of a build.</summary>
    public static EngineKey Create(string onnx, IEnumerable<string> arguments, TensorRtVersion version, GpuIdentity gpu)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        return new EngineKey(
            HashOf(onnx),
            [.. arguments.Where(argument => !FileOptions.Any(option => argument.StartsWith(option, StringComparison.Ordinal)))],
            version.ToString(),
            gpu.Name,
            gpu.Driver);
    }

    /// <summary>What differs from another key, for people; null when nothing does.</summary>
    public string? Difference(EngineKey other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Onnx != other.Onnx ? "the ONNX file changed"
            : Tensorrt != other.Tensorrt ? $"TensorRT changed from {other.Tensorrt} to {Tensorrt}"
            : Gpu != other.Gpu ? $"the GPU changed from {other.Gpu} to {Gpu}"
            : Driver != other.Driver ? $"the driver changed from {other.Driver} to {Driver}"
            : Flags.SequenceEqual(other.Flags) ? null
            : $"the flags changed: {string.Join(' ', other.Flags.Except(Flags).Select(flag => $"−{flag}").Concat(Flags.Except(other.Flags).Select(flag => $"+{flag}")))}";
    }

    /// <summary>SHA-256 of a file in hexadecimal.</summary>
    public static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
