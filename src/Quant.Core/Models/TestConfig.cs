namespace Quant.Core.Models;

/// <summary>Decoding and non-maximum suppression.</summary>
public sealed record TestConfig
{
    /// <summary>Candidates per class and per frame before suppression.</summary>
    public int MaxNum { get; init; } = 500;

    /// <summary>Candidates at or below this score are dropped.</summary>
    public float ScoreThreshold { get; init; } = 0.1f;

    /// <summary>Centres outside [x_min, y_min, z_min, x_max, y_max, z_max] (m) are dropped.</summary>
    public IReadOnlyList<float> PostCenterLimitRange { get; init; } = [-200, -200, -10, 200, 200, 10];

    /// <summary><c>circle</c> or <c>rotate</c>.</summary>
    public string NmsType { get; init; } = "circle";

    /// <summary>Circle: one value per task, compared with the squared distance in m² as MMDetection3D does.</summary>
    public IReadOnlyList<float> MinRadius { get; init; } = [1.0f];

    /// <summary>Detections kept in a frame and task.</summary>
    public int PostMaxSize { get; init; } = 100;

    /// <summary>Rotate: candidates that enter suppression.</summary>
    public int PreMaxSize { get; init; } = 1000;

    /// <summary>Rotate: boxes with a larger bird's-eye IoU are suppressed.</summary>
    public float NmsThr { get; init; } = 0.2f;
}
