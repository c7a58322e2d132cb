using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Deploy.Configuration;

/// <summary>Shapes of one input in the engine's optimization profile.</summary>
public sealed record TensorrtProfileConfig
{
    /// <summary>Smallest shape.</summary>
    [Description("Smallest shape.")]
    [Length(1, 8)]
    [Range(1, int.MaxValue)]
    public required IReadOnlyList<int> MinShape { get; init; }

    /// <summary>Shape that kernels are chosen for.</summary>
    [Description("Shape that kernels are chosen for.")]
    [Length(1, 8)]
    [Range(1, int.MaxValue)]
    public required IReadOnlyList<int> OptShape { get; init; }

    /// <summary>Largest shape.</summary>
    [Description("Largest shape.")]
    [Length(1, 8)]
    [Range(1, int.MaxValue)]
    public required IReadOnlyList<int> MaxShape { get; init; }
}
