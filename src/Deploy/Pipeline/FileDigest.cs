namespace Deploy.Pipeline;

/// <summary>A file by name and content.</summary>
/// <param name="File">Without folder, so that manifests of two machines compare.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record FileDigest(string File, string Sha256)
{
    /// <summary>Reads the file.</summary>
    public static FileDigest Of(string path) => new(Path.GetFileName(path), Fingerprint.OfFile(path));
}
