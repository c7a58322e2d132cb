using Quant.Core.Checkpoints;

namespace Deploy.Pipeline;

/// <summary>What a checkpoint holds (checkpoint.json).</summary>
/// <param name="Source">File name.</param>
/// <param name="Sha256">Digest of the file.</param>
/// <param name="Container"><c>mmengine</c>, <c>state_dict</c> or <c>raw</c>.</param>
/// <param name="Meta">Epoch, versions and the like, as the file has them.</param>
/// <param name="ClassNames">Of its training data, when the file says.</param>
/// <param name="Keys">Every tensor in file order.</param>
public sealed record CheckpointSummary(
    string Source, string Sha256, string Container, IReadOnlyDictionary<string, string> Meta, IReadOnlyList<string>? ClassNames, IReadOnlyList<CheckpointKey> Keys)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Summarizes an open checkpoint.</summary>
    public static CheckpointSummary Create(string path, Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return new CheckpointSummary(
            Path.GetFileName(path),
            Fingerprint.OfFile(path),
            checkpoint.Container,
            checkpoint.Meta,
            checkpoint.ClassNames,
            [.. checkpoint.StateDict.Select(item => new CheckpointKey(item.Key, item.Value.DType.ToString().ToLowerInvariant(), item.Value.Shape))]);
    }
}
