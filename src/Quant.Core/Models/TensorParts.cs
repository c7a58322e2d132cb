using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>Work on a CPU tensor's memory, in one part for each of libtorch's threads.</summary>
internal static class TensorParts
{
    /// <summary>Below this many values a second thread costs more than it gives.</summary>
    private const int Least = 1 << 16;

    /// <summary>Calls <paramref name="work"/> once for each part; parts begin at multiples of 16 values and together are the whole tensor.</summary>
    /// <param name="tensor">Contiguous, float32, on the CPU.</param>
    /// <param name="work">Takes index, offset and length of a part; the parts run side by side.</param>
    /// <returns>How many parts.</returns>
    public static int Run(Tensor tensor, Action<int, int, int> work)
    {
        var count = TensorMemory.Span(tensor).Length;
        var parts = Count(count);
        var length = (count / parts) & ~15;
        void One(int part) => work(part, part * length, part == parts - 1 ? count - (part * length) : length);
        if (parts == 1)
        {
            One(0);
        }
        else
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, One);
        }

        return parts;
    }

    /// <summary>Parts that a tensor of so many values is worked on in.</summary>
    public static int Count(long values) => (int)Math.Clamp(values / Least, 1, Math.Max(1, get_num_threads()));
}
