namespace Quant.Core.Checkpoints;

/// <summary>Arithmetic of shapes and strides (in elements), outermost first. Sizes and strides are not negative.</summary>
internal static class TensorLayout
{
    /// <summary>PyTorch's own limit on dimensions.</summary>
    public const int MaxDimensions = 64;

    /// <summary>A view that repeats elements (stride 0, overlapping windows) may be at most this long, unless its storage is longer.</summary>
    public const long MaxRepeatedCount = 1 << 24;

    public static bool TryCount(ReadOnlySpan<long> shape, out long count)
    {
        count = 1;
        if (shape.Contains(0))
        {
            count = 0;
            return true;
        }

        foreach (var size in shape)
        {
            if (size > long.MaxValue / count)
            {
                return false;
            }

            count *= size;
        }

        return true;
    }

    public static long Count(ReadOnlySpan<long> shape) =>
        TryCount(shape, out var count) ? count : throw new OverflowException("the shape holds more than 2^63 elements");

    public static long[] RowMajor(ReadOnlySpan<long> shape)
    {
        var strides = new long[shape.Length];
        var stride = 1L;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(1, shape[axis]);
        }

        return strides;
    }

    public static bool IsRowMajor(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var expected = 1L;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (shape[axis] != 1 && strides[axis] != expected)
            {
                return false;
            }

            expected *= shape[axis];
        }

        return true;
    }

    /// <summary>The element farthest from the first, for a layout that was checked and is not empty.</summary>
    public static long LastElement(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var last = 0L;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            last += (shape[axis] - 1) * strides[axis];
        }

        return last;
    }

    /// <summary>Why a layout is impossible over a storage, or null.</summary>
    public static string? Problem(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, long offset, long storageCount)
    {
        if (shape.Length != strides.Length)
        {
            return $"has {shape.Length} sizes but {strides.Length} strides";
        }

        if (shape.Length > MaxDimensions)
        {
            return $"has {shape.Length} dimensions, more than {MaxDimensions}";
        }

        if (offset < 0 || shape.ContainsAnyInRange(long.MinValue, -1) || strides.ContainsAnyInRange(long.MinValue, -1))
        {
            return "has a negative size, stride or offset";
        }

        if (!TryCount(shape, out var count))
        {
            return "has more than 2^63 elements";
        }

        if (count == 0)
        {
            return null;
        }

        var last = (Int128)offset;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            last += (Int128)(shape[axis] - 1) * strides[axis];
        }

        if (last >= storageCount)
        {
            return $"reaches element {last} of a storage of {storageCount}";
        }

        return count > Math.Max(storageCount, MaxRepeatedCount)
            ? $"repeats a storage of {storageCount} elements {count} times over, more than {MaxRepeatedCount}; save it again after .clone()"
            : null;
    }

    /// <summary>The element numbers in row-major order of the shape.</summary>
    public static IEnumerable<long> Elements(long[] shape, long[] strides)
    {
        var index = new long[shape.Length];
        var element = 0L;
        while (true)
        {
            yield return element;
            var axis = shape.Length - 1;
            for (; axis >= 0; axis--)
            {
                element += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                element -= strides[axis] * shape[axis];
                index[axis] = 0;
            }

            if (axis < 0)
            {
                yield break;
            }
        }
    }
}
