using System.Globalization;

namespace Quant.Core.Checkpoints;

/// <summary>A numpy element type: kind, size in bytes and byte order.</summary>
public sealed class NumpyDType
{
    private NumpyDType(char kind, int itemSize)
    {
        Kind = kind;
        ItemSize = itemSize;
    }

    /// <summary>numpy's kind: b, i, u, f, U, S, O; others are kept but not converted.</summary>
    public char Kind { get; private set; }

    /// <summary>Bytes of an element.</summary>
    public int ItemSize { get; private set; }

    /// <summary>True for the order '&gt;'.</summary>
    public bool BigEndian { get; private set; }

    /// <summary>numpy's short form, such as <c>&lt;f8</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(ItemSize == 1 || Kind == 'O' ? '|' : BigEndian ? '>' : '<')}{Kind}{(Kind == 'U' ? ItemSize / 4 : ItemSize)}");

    /// <summary>The type of an array before its state is set.</summary>
    internal static NumpyDType Byte() => new('u', 1);

    /// <summary>numpy.dtype('f8', align, copy).</summary>
    internal static NumpyDType Parse(PickleCall call)
    {
        var text = call[0] is byte[] bytes ? System.Text.Encoding.ASCII.GetString(bytes) : call.Get<string>(0);
        var body = text.TrimStart('<', '>', '|', '=');
        var size = 0;
        if (body.Length == 0 || text.Length - body.Length > 1 ||
            (body.Length > 1 && !int.TryParse(body.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out size)) ||
            size > int.MaxValue / 4)
        {
            throw call.Invalid($"'{text}' is not an element type");
        }

        var kind = body[0];
        return new NumpyDType(kind, kind switch { 'U' => size * 4, 'O' => 8, _ => size }) { BigEndian = text[0] == '>' };
    }

    /// <summary>The same type, out of reach of a later state.</summary>
    internal NumpyDType Copy() => new(Kind, ItemSize) { BigEndian = BigEndian };

    /// <summary>The state tuple (version, order, subdtype, names, fields, itemsize, alignment, …) of <c>dtype.__reduce__</c>.</summary>
    internal void SetState(object? state, PickleMachine machine)
    {
        if (state is not PickleTuple { Count: >= 7 } tuple || Order(tuple[1]) is not { } order || tuple[5] is not long itemSize)
        {
            throw machine.Invalid("the state of a numpy.dtype is not a tuple of at least 7 values");
        }

        BigEndian = order == ">";
        if (itemSize is >= 0 and <= int.MaxValue && Kind is 'U' or 'S' or 'V')
        {
            ItemSize = (int)itemSize;
        }

        if (tuple[2] is not null || tuple[3] is not null)
        {
            Kind = 'V';
        }
    }

    // numpy before 1.5 wrote the order as bytes.
    private static string? Order(object? value)
    {
        var order = value is byte[] bytes ? System.Text.Encoding.ASCII.GetString(bytes) : value as string;
        return order is "<" or ">" or "|" or "=" ? order : null;
    }
}
