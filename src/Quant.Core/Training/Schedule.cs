namespace Quant.Core.Training;

/// <summary>The learning rate over a training.</summary>
public static class Schedule
{
    private const double WarmUp = 0.05;

    /// <summary>Names that <see cref="Rate"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["constant", "cosine", "one_cycle"];

    /// <summary>The rate of one step.</summary>
    /// <param name="name"><c>constant</c>; <c>cosine</c>: rises evenly from a tenth to the peak over 5 % of the steps, while AdamW's moments fill, then falls to 1 % of it; <c>one_cycle</c>: rises from a tenth to the peak over 30 % of the steps, then falls to 10⁻⁵ of it, both by a cosine.</param>
    /// <param name="peak">The largest rate.</param>
    /// <param name="progress">Part of all steps that is done, 0…1.</param>
    public static double Rate(string name, double peak, double progress) => name switch
    {
        "constant" => peak,
        "cosine" when progress < WarmUp => peak * (0.1 + (0.9 * progress / WarmUp)),
        "cosine" => Between(peak, peak * 0.01, (progress - WarmUp) / (1 - WarmUp)),
        "one_cycle" when progress < 0.3 => Between(peak * 0.1, peak, progress / 0.3),
        "one_cycle" => Between(peak, peak * 1e-5, (progress - 0.3) / 0.7),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "unknown schedule"),
    };

    private static double Between(double from, double to, double progress) => to + ((from - to) * (1 + Math.Cos(Math.PI * Math.Clamp(progress, 0, 1))) / 2);
}
