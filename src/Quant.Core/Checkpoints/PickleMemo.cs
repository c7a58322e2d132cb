namespace Quant.Core.Checkpoints;

/// <summary>Values by number. Pickle writers count up, so a list serves; other numbers go to a dictionary.</summary>
internal sealed class PickleMemo
{
    private readonly List<object?> dense = [];
    private readonly Dictionary<long, object?> sparse = [];

    public int Count => dense.Count + sparse.Count;

    public void Put(long index, object? value)
    {
        if (index < dense.Count)
        {
            dense[(int)index] = value;
        }
        else if (index == dense.Count)
        {
            dense.Add(value);
            sparse.Remove(index);
        }
        else
        {
            sparse[index] = value;
        }
    }

    public bool TryGet(long index, out object? value)
    {
        if (index >= dense.Count)
        {
            return sparse.TryGetValue(index, out value);
        }

        value = dense[(int)index];
        return true;
    }
}
