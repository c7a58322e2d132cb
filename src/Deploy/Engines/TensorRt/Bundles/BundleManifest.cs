namespace Deploy.Engines.TensorRt.Bundles;

/// <summary><c>bundle.json</c>: what the files of a bundle are.</summary>
/// <param name="Version">Of this form.</param>
/// <param name="Models">In the order they are built.</param>
/// <param name="Frames">Tokens; frame i lies in <c>inputs/i</c>.</param>
/// <param name="Rounds">Times taken of each engine.</param>
public sealed record BundleManifest(int Version, IReadOnlyList<BundleModel> Models, IReadOnlyList<string> Frames, int Rounds)
{
    /// <summary>The form that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Its file name.</summary>
    public const string FileName = "bundle.json";
}
