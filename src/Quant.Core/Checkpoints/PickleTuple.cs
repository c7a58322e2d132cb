using System.Collections;

namespace Quant.Core.Checkpoints;

/// <summary>A tuple (or torch.Size) of a pickle.</summary>
public sealed class PickleTuple : IReadOnlyList<object?>, IPickleNode
{
    private readonly object?[] items;

    internal PickleTuple(object?[] items) => this.items = items;

    /// <inheritdoc/>
    public int Count => items.Length;

    int IPickleNode.Height { get; set; }

    int IPickleNode.ChildCount => items.Length;

    internal static PickleTuple Empty => new([]);

    /// <inheritdoc/>
    public object? this[int index] => items[index];

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => items.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    object? IPickleNode.Child(int index) => items[index];
}
