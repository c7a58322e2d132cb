namespace Quant.Core.Checkpoints;

/// <summary>What a checkpoint holds for inference. Disposing it closes the file behind the tensors.</summary>
/// <param name="StateDict">The tensors; a <c>module.</c> that all keys begin with is taken off.</param>
/// <param name="Container"><c>mmengine</c> ({meta, state_dict, …}), <c>state_dict</c> ({state_dict}) or <c>raw</c> (the state dict itself).</param>
/// <param name="ConfigText">The training config as text (<c>meta.cfg</c>, before MMEngine <c>meta.config</c>), or null.</param>
/// <param name="Meta">The numbers, truth values and strings of <c>meta</c> as culture-invariant text: epoch, iter, mmengine_version, …</param>
/// <param name="ClassNames"><c>meta.dataset_meta.classes</c>, before MMEngine <c>meta.CLASSES</c>, or null.</param>
public sealed record Checkpoint(
    StateDict StateDict,
    string Container,
    string? ConfigText,
    IReadOnlyDictionary<string, string> Meta,
    IReadOnlyList<string>? ClassNames) : IDisposable
{
    /// <summary>The open file; null for a checkpoint made in memory.</summary>
    internal IDisposable? Source { get; init; }

    /// <summary>Closes the file. Tensors of it cannot be read afterwards.</summary>
    public void Dispose() => Source?.Dispose();
}
