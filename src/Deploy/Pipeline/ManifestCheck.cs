using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>What became of the files that a manifest names.</summary>
/// <param name="Equal">Files whose bytes are those of the manifest.</param>
/// <param name="Changed">Files with other bytes.</param>
/// <param name="Missing">Files that are not there.</param>
/// <param name="NotChecked">Inputs whose place is not known: give it with the options of the command.</param>
public sealed record ManifestCheck(IReadOnlyList<string> Equal, IReadOnlyList<string> Changed, IReadOnlyList<string> Missing, IReadOnlyList<string> NotChecked)
{
    /// <summary>Hashes everything again.</summary>
    /// <param name="file">manifest.json; outputs lie beside it.</param>
    /// <param name="checkpoint">The checkpoint, or null to leave it out.</param>
    /// <param name="inputs">Folders in which configs and frames are looked for by name.</param>
    /// <exception cref="QuantException">QNT0150: no manifest.</exception>
    public static ManifestCheck Run(string file, string? checkpoint, IReadOnlyList<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(inputs);
        var manifest = JsonFile.Read<Manifest>(file);
        if (manifest is not { Outputs: not null, Checkpoint: not null, Config: not null, CalibrationFrames: not null })
        {
            throw new QuantException(DiagnosticCodes.UnreadableResult, "this is no manifest; 'deploy run' writes manifest.json", new SourceLocation(file));
        }

        var root = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var (equal, changed, missing, unknown) = (new List<string>(), new List<string>(), new List<string>(), new List<string>());
        foreach (var (name, sha256) in manifest.Outputs)
        {
            // A manifest is a file like any other: names that leave its folder are not followed.
            var path = Path.GetFullPath(Path.Combine(root, name));
            Sort(name, path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null, sha256);
        }

        Input(manifest.Checkpoint, checkpoint);
        var places = inputs.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).ToLookup(Path.GetFileName, StringComparer.Ordinal);
        foreach (var digest in manifest.Config.Concat(manifest.CalibrationFrames))
        {
            // Several files may have one name: the one with the bytes of the manifest counts.
            var named = places[digest.File].ToList();
            Input(digest, named.Find(path => Fingerprint.OfFile(path) == digest.Sha256) ?? named.FirstOrDefault());
        }

        return new ManifestCheck(equal, changed, missing, unknown);

        void Input(FileDigest digest, string? path)
        {
            if (path is null)
            {
                unknown.Add(digest.File);
            }
            else
            {
                Sort(digest.File, path, digest.Sha256);
            }
        }

        void Sort(string name, string? path, string sha256)
        {
            if (path is null || !File.Exists(path))
            {
                missing.Add(name);
            }
            else if (Fingerprint.OfFile(path) == sha256)
            {
                equal.Add(name);
            }
            else
            {
                changed.Add(name);
            }
        }
    }
}
