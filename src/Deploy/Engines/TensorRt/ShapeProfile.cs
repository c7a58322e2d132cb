namespace Deploy.Engines.TensorRt;

/// <summary>Smallest, best and largest shape of one input.</summary>
/// <param name="Input">Tensor name in the ONNX file.</param>
/// <param name="Min">Smallest shape the engine takes.</param>
/// <param name="Opt">The shape that kernels are chosen for.</param>
/// <param name="Max">Largest shape the engine takes.</param>
public sealed record ShapeProfile(string Input, IReadOnlyList<int> Min, IReadOnlyList<int> Opt, IReadOnlyList<int> Max)
{
    /// <summary>One shape only.</summary>
    public static ShapeProfile Fixed(string input, params IReadOnlyList<int> shape) => new(input, shape, shape, shape);

    /// <summary>Autoware's encoder: one batch of <paramref name="maxVoxels"/> pillars, [max_voxels, points, features].</summary>
    public static ShapeProfile AutowareEncoder(int maxVoxels, int points, int features, string input = "input_features") =>
        Fixed(input, maxVoxels, points, features);

    /// <summary>AWML's encoder: any number of pillars from 1000 to <paramref name="maxVoxels"/>, best at 20000.</summary>
    public static ShapeProfile AwmlEncoder(int maxVoxels, int points, int features, string input = "input_features") => new(
        input,
        [Math.Min(1000, maxVoxels), points, features],
        [Math.Min(20000, maxVoxels), points, features],
        [maxVoxels, points, features]);

    /// <summary>The head of both: one canvas, [1, channels, rows, columns].</summary>
    public static ShapeProfile Head(int channels, int rows, int columns, string input = "spatial_features") => Fixed(input, 1, channels, rows, columns);
}
