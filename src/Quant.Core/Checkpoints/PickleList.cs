using System.Collections;

namespace Quant.Core.Checkpoints;

/// <summary>A list, set, frozenset or deque of a pickle.</summary>
public sealed class PickleList : IReadOnlyList<object?>, IPickleNode
{
    private List<object?>? items;

    internal PickleList()
    {
    }

    /// <inheritdoc/>
    public int Count => items?.Count ?? 0;

    int IPickleNode.Height { get; set; }

    int IPickleNode.ChildCount => Count;

    /// <inheritdoc/>
    public object? this[int index] => items is null ? throw new ArgumentOutOfRangeException(nameof(index)) : items[index];

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => (items ?? Enumerable.Empty<object?>()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    object? IPickleNode.Child(int index) => items![index];

    internal void Add(ReadOnlySpan<object?> values)
    {
        items ??= new List<object?>(values.Length);
        items.AddRange(values);
    }
}
