using System.Runtime.InteropServices;

namespace Quant.Core.Checkpoints;

/// <summary>The operand stack with its marks: nothing below the last mark can be popped.</summary>
internal sealed class PickleStack(PickleErrors errors, Func<long> position)
{
    private readonly List<object?> items = [];
    private readonly List<int> marks = [];

    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    public void Push(object? value) => items.Add(value);

    public void Mark() => marks.Add(items.Count);

    public object? Peek() => items.Count > Floor ? items[^1] : throw Underflow();

    public object? Pop()
    {
        var value = Peek();
        items.RemoveAt(items.Count - 1);
        return value;
    }

    /// <summary>The operands in the order they were pushed.</summary>
    public object?[] Pop(int count)
    {
        if (items.Count - count < Floor)
        {
            throw Underflow();
        }

        return Take(items.Count - count);
    }

    /// <summary>Everything above the last mark; the mark goes too.</summary>
    public object?[] PopToMark()
    {
        if (marks.Count == 0)
        {
            throw errors.Invalid("an operation needs a mark and there is none", position());
        }

        var start = Floor;
        marks.RemoveAt(marks.Count - 1);
        return Take(start);
    }

    /// <summary>POP: takes the last value, or the mark when nothing lies above it.</summary>
    public void Discard()
    {
        if (marks.Count > 0 && items.Count == Floor)
        {
            marks.RemoveAt(marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    private object?[] Take(int start)
    {
        var taken = CollectionsMarshal.AsSpan(items)[start..].ToArray();
        items.RemoveRange(start, taken.Length);
        return taken;
    }

    private Diagnostics.QuantException Underflow() => errors.Invalid("an operation needs more values than there are", position());
}
