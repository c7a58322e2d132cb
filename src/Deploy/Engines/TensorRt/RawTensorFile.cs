using System.Buffers.Binary;
using Quant.Core.Models;

namespace Deploy.Engines.TensorRt;

/// <summary>Input files of <c>--loadInputs</c>: little-endian float32 values, row-major, without a header.</summary>
internal static class RawTensorFile
{
    /// <summary>Writes the values of a tensor.</summary>
    public static void Write(string path, HostTensor tensor)
    {
        var bytes = new byte[tensor.Values.Length * sizeof(float)];
        for (var index = 0; index < tensor.Values.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), tensor.Values[index]);
        }

        File.WriteAllBytes(path, bytes);
    }
}
