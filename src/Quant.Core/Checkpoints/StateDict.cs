using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>Tensors by name, in the order of the file.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "PyTorch's own term")]
public sealed class StateDict : IReadOnlyCollection<KeyValuePair<string, CheckpointTensor>>
{
    private readonly List<KeyValuePair<string, CheckpointTensor>> items;
    private readonly Dictionary<string, CheckpointTensor> byKey;

    /// <summary>Keeps the order given.</summary>
    /// <exception cref="ArgumentException">A key occurs twice.</exception>
    public StateDict(IEnumerable<KeyValuePair<string, CheckpointTensor>> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        items = [.. tensors];
        byKey = new Dictionary<string, CheckpointTensor>(items, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public int Count => items.Count;

    /// <summary>The names in order.</summary>
    public IEnumerable<string> Keys => items.Select(item => item.Key);

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="QuantException">QNT0210: there is no such key.</exception>
    public CheckpointTensor this[string key] => TryGet(key, out var tensor)
        ? tensor
        : throw new QuantException(
            DiagnosticCodes.StateDictMismatch,
            $"the state dict of {Count} tensors has no '{key}'; check that the model section describes the network that was trained");

    /// <summary>Finds a tensor by its exact name.</summary>
    public bool TryGet(string key, [MaybeNullWhen(false)] out CheckpointTensor tensor) => byKey.TryGetValue(key, out tensor);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, CheckpointTensor>> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
