namespace Deploy.Evaluation;

/// <summary>Piecewise linear interpolation and quantiles with NumPy's conventions.</summary>
internal static class Interpolation
{
    /// <summary>
    /// The value at <paramref name="x"/> of the line through (xp, fp), xp ascending with possible repeats. Of equal xp the last counts,
    /// as in <c>numpy.interp</c>; outside the range the end values hold.
    /// </summary>
    public static double At(double x, int count, Func<int, double> xp, Func<int, double> fp)
    {
        if (x < xp(0))
        {
            return fp(0);
        }

        int low = 0, high = count;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = xp(middle) <= x ? (middle, high) : (low, middle);
        }

        if (low == count - 1 || xp(low) == x)
        {
            return fp(low);
        }

        return Between(x, xp(low), fp(low), xp(low + 1), fp(low + 1));
    }

    /// <summary>The line through (x0, y0) and (x1, y1) at <paramref name="x"/>.</summary>
    public static double Between(double x, double x0, double y0, double x1, double y1) => (((y1 - y0) / (x1 - x0)) * (x - x0)) + y0;

    /// <summary>
    /// The quantile of ascending values by linear interpolation between ranks at position (n − 1)·p (NumPy's and PyTorch's default, type 7
    /// of Hyndman and Fan 1996).
    /// </summary>
    public static double Quantile(ReadOnlySpan<double> ascending, double p)
    {
        var position = (ascending.Length - 1) * p;
        var index = (int)Math.Floor(position);
        var next = Math.Min(index + 1, ascending.Length - 1);
        return ascending[index] + ((position - index) * (ascending[next] - ascending[index]));
    }
}
