using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Quant.Core.Checkpoints;

/// <summary>A dict, OrderedDict or defaultdict of a pickle, in insertion order.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "Python's own term")]
public sealed class PickleDict : IReadOnlyCollection<KeyValuePair<object?, object?>>, IPickleNode
{
    // Small dicts are searched from front to back: info files hold millions of them.
    private const int IndexedFrom = 9;
    private static readonly object NoneKey = new();

    private List<KeyValuePair<object?, object?>>? items;
    private Dictionary<object, int>? index;

    internal PickleDict()
    {
    }

    /// <inheritdoc/>
    public int Count => items?.Count ?? 0;

    /// <summary>The keys that are strings, in order.</summary>
    public IEnumerable<string> Keys => this.Select(item => item.Key).OfType<string>();

    int IPickleNode.Height { get; set; }

    int IPickleNode.ChildCount => Count;

    /// <summary>The value of a string key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public object? this[string key] => TryGet(key, out var value) ? value : throw new KeyNotFoundException($"the dict has no key '{key}'");

    /// <summary>Finds the value of a key: a string, long, double, bool, byte array or null.</summary>
    public bool TryGet(object? key, out object? value)
    {
        var position = Find(key);
        value = position < 0 ? null : items![position].Value;
        return position >= 0;
    }

    /// <summary>Finds the value of a key when it has the type asked for.</summary>
    public bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (!TryGet(key, out var found) || found is not T typed)
        {
            return false;
        }

        value = typed;
        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object?, object?>> GetEnumerator() => (items ?? Enumerable.Empty<KeyValuePair<object?, object?>>()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    object? IPickleNode.Child(int index) => items![index].Value;

    internal static bool IsKey(object? key) => key is null or string or long or BigInteger or double or bool or byte[] or PickleTuple or PickleStub;

    /// <summary>Adds a key, or replaces its value in place.</summary>
    internal void Set(object? key, object? value)
    {
        items ??= [];
        var position = Find(key);
        if (position >= 0)
        {
            items[position] = new(key, value);
            return;
        }

        items.Add(new(key, value));
        if (index is not null)
        {
            index.Add(key ?? NoneKey, items.Count - 1);
        }
        else if (items.Count == IndexedFrom)
        {
            index = new Dictionary<object, int>(PickleKeyComparer.Instance);
            for (var item = 0; item < items.Count; item++)
            {
                index.Add(items[item].Key ?? NoneKey, item);
            }
        }
    }

    private int Find(object? key)
    {
        if (index is not null)
        {
            return index.GetValueOrDefault(key ?? NoneKey, -1);
        }

        for (var position = 0; position < Count; position++)
        {
            if (PickleKeyComparer.Instance.Equals(items![position].Key, key))
            {
                return position;
            }
        }

        return -1;
    }
}
