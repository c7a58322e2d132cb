using System.Numerics;
using System.Runtime.InteropServices;
using Quant.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>Sums a layer's output error (float − quantized) per channel over frames: the mean is the shift of the bias, the squares say what a shift cannot remove.</summary>
internal sealed class OutputDifference(int channels)
{
    private readonly double[] sums = new double[channels];
    private readonly double[] squares = new double[channels];
    private long count;

    /// <summary>The mean error of each channel.</summary>
    public float[] Mean => [.. sums.Select(sum => (float)(sum / count))];

    /// <summary>Root of the mean squared error over all values as they were seen.</summary>
    public double Rms => Math.Sqrt(squares.Sum() / (count * (double)channels));

    /// <summary>The same once each channel's mean error is taken away.</summary>
    public double RmsAfterShift => Math.Sqrt(Math.Max(0, sums.Zip(squares, (sum, square) => square - (sum * sum / count)).Sum()) / (count * (double)channels));

    /// <summary>Takes in one frame's outputs.</summary>
    /// <param name="expected">The float network's.</param>
    /// <param name="actual">The quantized network's, of the same shape.</param>
    /// <param name="channelsLast">True when channels are the last axis, else the second.</param>
    public void Add(Tensor expected, Tensor actual, bool channelsLast)
    {
        count += expected.numel() / channels;
        if (!channelsLast && expected.device_type == DeviceType.CPU && expected.is_contiguous() && actual.is_contiguous())
        {
            AddPlanes(expected, actual, (int)(expected.numel() / expected.shape[0] / channels));
            return;
        }

        using var scope = NewDisposeScope();
        var axis = channelsLast ? expected.dim() - 1 : 1;
        var others = Enumerable.Range(0, (int)expected.dim()).Select(index => (long)index).Where(index => index != axis).ToArray();
        var difference = expected - actual;
        Accumulate(sums, difference.sum(others, type: float64));
        Accumulate(squares, difference.mul(difference).sum(others, type: float64));
    }

    private static void Accumulate(double[] totals, Tensor values)
    {
        var found = values.cpu().data<double>().ToArray();
        for (var channel = 0; channel < totals.Length; channel++)
        {
            totals[channel] += found[channel];
        }
    }

    /// <summary>One pass over both tensors; each channel belongs to one thread, so that sums have one order.</summary>
    private void AddPlanes(Tensor expected, Tensor actual, int plane)
    {
        var parts = Math.Min(channels, TensorParts.Count(expected.numel()));
        void Part(int part)
        {
            var left = TensorMemory.Span(expected);
            var right = TensorMemory.Span(actual);
            for (var start = 0; start < left.Length; start += channels * plane)
            {
                for (var channel = part; channel < channels; channel += parts)
                {
                    var at = start + (channel * plane);
                    var (sum, square) = Sums(left.Slice(at, plane), right.Slice(at, plane));
                    sums[channel] += sum;
                    squares[channel] += square;
                }
            }
        }

        if (parts == 1)
        {
            Part(0);
        }
        else
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, Part);
        }
    }

    private static (double Sum, double Square) Sums(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        var left = MemoryMarshal.Cast<float, Vector<float>>(expected);
        var right = MemoryMarshal.Cast<float, Vector<float>>(actual);
        var (sum, square) = (Vector<double>.Zero, Vector<double>.Zero);
        for (var index = 0; index < left.Length; index++)
        {
            Vector.Widen(left[index] - right[index], out var low, out var high);
            sum += low + high;
            square += (low * low) + (high * high);
        }

        var (total, totalSquare) = (Vector.Sum(sum), Vector.Sum(square));
        for (var index = left.Length * Vector<float>.Count; index < expected.Length; index++)
        {
            var difference = (double)(expected[index] - actual[index]);
            total += difference;
            totalSquare += difference * difference;
        }

        return (total, totalSquare);
    }
}
