namespace Deploy.Evaluation;

/// <summary>Numbers of the nuScenes metric for one weighting of the frames.</summary>
internal sealed class NuScenesScores(int classes, int distances)
{
    /// <summary>[class][distance].</summary>
    public double[][] Ap { get; } = [.. Enumerable.Range(0, classes).Select(_ => new double[distances])];

    /// <summary>[class][error], NaN where a class has none.</summary>
    public double[][] Errors { get; } = [.. Enumerable.Range(0, classes).Select(_ => new double[ClassMatches.ErrorCount])];

    /// <summary>Means over the classes that have the error.</summary>
    public double?[] MeanErrors { get; } = new double?[ClassMatches.ErrorCount];

    /// <summary>Mean over classes and distances.</summary>
    public double Map { get; set; }

    /// <summary>(5·mAP + Σ max(0, 1 − error)) / 10; only when errors were asked for.</summary>
    public double Nds { get; set; }
}
