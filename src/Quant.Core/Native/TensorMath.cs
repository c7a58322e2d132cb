using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Native;

/// <summary>
/// Arithmetic of tensors with numbers. TorchSharp wraps each number in a <see cref="Scalar"/> that nothing holds during the native call, so the collector
/// may free it while libtorch still reads it (seen as "Unknown scalar type" and "Expected false to be true … toFloat" in a few of the long GPU runs of docs/results.md). <c>x + y</c>, <c>square()</c> and <c>softplus</c> make such a number too. Here every one of them lives until the call is over; an
/// architecture test keeps the others out of the program.
/// </summary>
public static class TensorMath
{
    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => With(left, 1, (x, one) => x.add(right, one));

    /// <summary>left + right; an integer tensor becomes a float one.</summary>
    public static Tensor Plus(this Tensor left, double right) => With(left, right, 1, (x, value, one) => x.add(value, one));

    /// <summary>left + right in the tensor's own type.</summary>
    public static Tensor Plus(this Tensor left, long right) => With(left, right, 1, (x, value, one) => x.add(value, one));

    /// <summary>left becomes left + right.</summary>
    public static Tensor PlusInPlace(this Tensor left, Tensor right) => With(left, 1, (x, one) => x.add_(right, one));

    /// <summary>left becomes left + right.</summary>
    public static Tensor PlusInPlace(this Tensor left, double right) => With(left, right, 1, (x, value, one) => x.add_(value, one));

    /// <summary>left − right.</summary>
    public static Tensor Minus(this Tensor left, double right) => With(left, right, (x, value) => x.sub(value));

    /// <summary>1 − x.</summary>
    public static Tensor OneMinus(this Tensor x) => x.neg().Plus(1.0);

    /// <summary>left · right.</summary>
    public static Tensor Times(this Tensor left, double right) => With(left, right, (x, value) => x.mul(value));

    /// <summary>left · right in the tensor's own type.</summary>
    public static Tensor Times(this Tensor left, long right) => With(left, right, (x, value) => x.mul(value));

    /// <summary>left becomes left · right.</summary>
    public static Tensor TimesInPlace(this Tensor left, double right) => With(left, right, (x, value) => x.mul_(value));

    /// <summary>left / right.</summary>
    public static Tensor Over(this Tensor left, double right) => With(left, right, (x, value) => x.div(value));

    /// <summary>left becomes left / right.</summary>
    public static Tensor OverInPlace(this Tensor left, double right) => With(left, right, (x, value) => x.div_(value));

    /// <summary>⌊left / right⌋ in the tensor's own type.</summary>
    public static Tensor FloorOver(this Tensor left, long right) => With(left, right, (x, value) => x.div(value, RoundingMode.floor));

    /// <summary>left modulo right in the tensor's own type.</summary>
    public static Tensor Modulo(this Tensor left, long right) => With(left, right, (x, value) => x.remainder(value));

    /// <summary>x².</summary>
    public static Tensor Squared(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.mul(x);
    }

    /// <summary>x to a power.</summary>
    public static Tensor Power(this Tensor x, double exponent) => With(x, exponent, (value, power) => value.pow(power));

    /// <summary>log(1 + eˣ).</summary>
    public static Tensor Softplus(this Tensor x) => x.AtLeast(0).Plus(x.abs().neg().exp().log1p());

    /// <summary>max(x, least).</summary>
    public static Tensor AtLeast(this Tensor x, double least) => With(x, least, (value, bound) => value.clamp(min: bound));

    /// <summary>x between two bounds.</summary>
    public static Tensor Clipped(this Tensor x, double least, double most) => With(x, least, most, (value, low, high) => value.clamp(low, high));

    /// <summary>x becomes x between two bounds.</summary>
    public static Tensor ClippedInPlace(this Tensor x, double least, double most) => With(x, least, most, (value, low, high) => value.clamp_(low, high));

    /// <summary>x > bound, boolean.</summary>
    public static Tensor Above(this Tensor x, double bound) => With(x, bound, (value, limit) => value.gt(limit));

    /// <summary>x &lt; bound, boolean.</summary>
    public static Tensor Below(this Tensor x, double bound) => With(x, bound, (value, limit) => value.lt(limit));

    /// <summary>x = value, boolean.</summary>
    public static Tensor EqualTo(this Tensor x, double value) => With(x, value, (own, other) => own.eq(other));

    /// <summary>0, 1, … count − 1 as int64.</summary>
    public static Tensor Indices(long count, Device device) => ones(count, ScalarType.Int64, device).cumsum(0).Plus(-1L);

    /// <summary>A tensor of one value.</summary>
    public static Tensor Filled(long[] size, double value) => zeros(size).PlusInPlace(value);

    /// <summary>The value of a tensor that holds one, from any device and type.</summary>
    public static double Number(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        return x.detach().to(ScalarType.Float64).item<double>();
    }

    private static Tensor With(Tensor x, Scalar a, Func<Tensor, Scalar, Tensor> call)
    {
        ArgumentNullException.ThrowIfNull(x);
        var result = call(x, a);
        GC.KeepAlive(a);
        return result;
    }

    private static Tensor With(Tensor x, Scalar a, Scalar b, Func<Tensor, Scalar, Scalar, Tensor> call)
    {
        ArgumentNullException.ThrowIfNull(x);
        var result = call(x, a, b);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return result;
    }
}
