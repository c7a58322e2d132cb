using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Native;

/// <summary>
/// Sums of tensors whose scalars outlive the native call. TorchSharp's own <c>+</c> and <c>add</c> make a temporary scalar for alpha = 1 that the collector
/// may finalize while libtorch still reads it (seen as "Expected false to be true … toFloat" about once in ten runs on a busy GPU machine); an
/// architecture test keeps them out of the program.
/// </summary>
public static class TensorSum
{
    private static readonly Scalar One = 1;

    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.add(right, One);
    }

    /// <summary>left + right; an integer tensor becomes a float one.</summary>
    public static Tensor Plus(this Tensor left, double right)
    {
        ArgumentNullException.ThrowIfNull(left);
        Scalar value = right;
        var sum = left.add(value, One);
        GC.KeepAlive(value);
        return sum;
    }

    /// <summary>left + right in the tensor's own type.</summary>
    public static Tensor Plus(this Tensor left, long right)
    {
        ArgumentNullException.ThrowIfNull(left);
        Scalar value = right;
        var sum = left.add(value, One);
        GC.KeepAlive(value);
        return sum;
    }

    /// <summary>left becomes left + right.</summary>
    public static Tensor PlusInPlace(this Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.add_(right, One);
    }

    /// <summary>left becomes left + right.</summary>
    public static Tensor PlusInPlace(this Tensor left, double right)
    {
        ArgumentNullException.ThrowIfNull(left);
        Scalar value = right;
        var sum = left.add_(value, One);
        GC.KeepAlive(value);
        return sum;
    }
}
