using System.Buffers.Binary;
using System.Text;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>A numpy array of a pickle. Conversions give row-major order whatever the order stored.</summary>
public sealed class NumpyArray : IPickleNode
{
    private readonly PickleErrors errors;
    private NumpyDType type;
    private long[] shape;
    private byte[] data;
    private PickleList? objects;
    private bool fortran;

    private NumpyArray(NumpyDType type, PickleErrors errors)
    {
        this.type = type;
        this.errors = errors;
        shape = [0];
        data = [];
    }

    /// <summary>The element type as numpy writes it, such as <c>&lt;f8</c>.</summary>
    public string DType => type.ToString();

    /// <summary>Sizes, outermost first; empty for a zero-dimensional array.</summary>
    public IReadOnlyList<long> Shape => Array.AsReadOnly(shape);

    /// <summary>The product of the sizes.</summary>
    public long Count => TensorLayout.Count(shape);

    int IPickleNode.Height { get; set; }

    int IPickleNode.ChildCount => objects is null ? 0 : 1;

    /// <summary>The numbers (or truth values, or numbers inside an object array) as doubles.</summary>
    /// <exception cref="QuantException">QNT0205: the elements are not numbers.</exception>
    public double[] ToDoubles() => objects is null
        ? ConvertElements(Number)
        : ConvertObjects(Number);

    /// <summary>The numbers rounded to float.</summary>
    /// <exception cref="QuantException">QNT0205: the elements are not numbers.</exception>
    public float[] ToFloat32() => Array.ConvertAll(ToDoubles(), value => (float)value);

    /// <summary>Integers or truth values, exactly.</summary>
    /// <exception cref="QuantException">QNT0205: the elements are not integers, or one is above 2^63 − 1.</exception>
    public long[] ToInt64() => objects is null
        ? ConvertElements(Integer)
        : ConvertObjects(value => value switch { long number => number, bool flag => flag ? 1 : 0, _ => throw NotConvertible("integers") });

    /// <summary>Texts of a unicode, bytes (latin-1) or object array.</summary>
    /// <exception cref="QuantException">QNT0205: the elements are not texts.</exception>
    public string[] ToStrings() => objects is null
        ? ConvertElements(Text)
        : ConvertObjects(value => value as string ?? throw NotConvertible("texts"));

    /// <summary>The elements of an object array.</summary>
    /// <exception cref="QuantException">QNT0205: the array does not hold objects.</exception>
    public object?[] ToObjects() => objects is null ? throw NotConvertible("objects") : ConvertObjects(value => value);

    object? IPickleNode.Child(int index) => objects;

    /// <summary>An array whose state follows, as numpy's _reconstruct makes it.</summary>
    internal static NumpyArray Empty(NumpyDType type, PickleErrors errors) => new(type, errors);

    /// <summary>The state (version, shape, dtype, is Fortran order, data) of <c>ndarray.__reduce__</c>; old ones lack the version.</summary>
    internal void SetState(object? state, PickleMachine machine)
    {
        var fields = state as PickleTuple;
        var first = fields?.Count == 5 ? 1 : 0;
        if (fields?.Count is not (4 or 5) || fields[first] is not PickleTuple sizes || fields[first + 1] is not NumpyDType newType || fields[first + 2] is not (bool or long))
        {
            throw machine.Invalid("the state of a numpy.ndarray is not (version, shape, dtype, order, data)");
        }

        Set(sizes, newType, fields[first + 2] is true or 1L, fields[first + 3], machine.Invalid, machine.Charge);
    }

    /// <summary>Sets everything at once, after checking that it fits together.</summary>
    internal void Set(PickleTuple sizes, NumpyDType newType, bool isFortran, object? content, Func<string, QuantException> invalid, Action<long> charge)
    {
        var newShape = new long[sizes.Count];
        charge(sizes.Count * sizeof(long));
        for (var axis = 0; axis < newShape.Length; axis++)
        {
            newShape[axis] = sizes[axis] is long size and >= 0 ? size : throw invalid("a numpy array has a size that is not a number from 0 up");
        }

        if (newShape.Length > TensorLayout.MaxDimensions || !TensorLayout.TryCount(newShape, out var count))
        {
            throw invalid($"a numpy array of {newShape.Length} dimensions is too large");
        }

        var (bytes, list) = Content(content, newType, charge);
        var available = list is not null ? list.Count : newType.ItemSize > 0 ? bytes.Length / newType.ItemSize : 0;
        if (available != count || (list is null && bytes.Length != count * newType.ItemSize))
        {
            throw invalid($"a numpy array of {newType} and shape ({string.Join(", ", newShape)}) does not fit its data");
        }

        charge(sizes.Count * sizeof(long));
        (type, shape, fortran, data, objects) = (newType.Copy(), newShape, isFortran, bytes, list);
    }

    /// <summary>One element as a plain value, for numpy scalars.</summary>
    internal object? Single() => type.Kind switch
    {
        'f' when type.ItemSize is 2 or 4 or 8 => ToDoubles()[0],
        'b' => ToInt64()[0] != 0,
        'i' or 'u' => ToInt64()[0],
        'U' or 'S' => ToStrings()[0],
        _ => new PickleStub($"numpy.{type}", [data]),
    };

    private static (byte[] Bytes, PickleList? Objects) Content(object? content, NumpyDType type, Action<long> charge)
    {
        switch (content)
        {
            case PickleList list when type.Kind == 'O':
                return ([], list);
            case byte[] bytes when type.Kind != 'O':
                return (bytes, null);
            case string text when type.Kind != 'O': // Python 2 strings are bytes
                charge(text.Length);
                return (Encoding.Latin1.GetBytes(text), null);
            default:
                return ([], null);
        }
    }

    private delegate T ElementReader<out T>(ReadOnlySpan<byte> element);

    private T[] ConvertElements<T>(ElementReader<T> read)
    {
        var source = data;
        var size = type.ItemSize;
        return Fill(position => read(source.AsSpan((int)(position * size), size)));
    }

    private T[] ConvertObjects<T>(Func<object?, T> read) => Fill(position => read(objects![(int)position]));

    private T[] Fill<T>(Func<long, T> at)
    {
        var values = new T[Count];
        if (values.Length == 0)
        {
            return values;
        }

        var next = 0;
        foreach (var position in TensorLayout.Elements(shape, fortran ? ColumnMajor() : TensorLayout.RowMajor(shape)))
        {
            values[next++] = at(position);
        }

        return values;
    }

    private long[] ColumnMajor()
    {
        var strides = TensorLayout.RowMajor([.. shape.Reverse()]);
        Array.Reverse(strides);
        return strides;
    }

    private double Number(object? value) => value switch
    {
        double number => number,
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw NotConvertible("numbers"),
    };

    private double Number(ReadOnlySpan<byte> element) => (type.Kind, type.ItemSize, type.BigEndian) switch
    {
        ('f', 8, false) => BinaryPrimitives.ReadDoubleLittleEndian(element),
        ('f', 8, true) => BinaryPrimitives.ReadDoubleBigEndian(element),
        ('f', 4, false) => BinaryPrimitives.ReadSingleLittleEndian(element),
        ('f', 4, true) => BinaryPrimitives.ReadSingleBigEndian(element),
        ('f', 2, false) => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
        ('f', 2, true) => (double)BinaryPrimitives.ReadHalfBigEndian(element),
        ('u', 8, false) => BinaryPrimitives.ReadUInt64LittleEndian(element),
        ('u', 8, true) => BinaryPrimitives.ReadUInt64BigEndian(element),
        ('b' or 'i' or 'u', _, _) => Integer(element),
        _ => throw NotConvertible("numbers"),
    };

    private long Integer(ReadOnlySpan<byte> element) => (type.Kind, type.ItemSize, type.BigEndian) switch
    {
        ('b', 1, _) => element[0] != 0 ? 1 : 0,
        ('i', 1, _) => (sbyte)element[0],
        ('i', 2, false) => BinaryPrimitives.ReadInt16LittleEndian(element),
        ('i', 2, true) => BinaryPrimitives.ReadInt16BigEndian(element),
        ('i', 4, false) => BinaryPrimitives.ReadInt32LittleEndian(element),
        ('i', 4, true) => BinaryPrimitives.ReadInt32BigEndian(element),
        ('i', 8, false) => BinaryPrimitives.ReadInt64LittleEndian(element),
        ('i', 8, true) => BinaryPrimitives.ReadInt64BigEndian(element),
        ('u', 1, _) => element[0],
        ('u', 2, false) => BinaryPrimitives.ReadUInt16LittleEndian(element),
        ('u', 2, true) => BinaryPrimitives.ReadUInt16BigEndian(element),
        ('u', 4, false) => BinaryPrimitives.ReadUInt32LittleEndian(element),
        ('u', 4, true) => BinaryPrimitives.ReadUInt32BigEndian(element),
        ('u', 8, var big) => Signed(big ? BinaryPrimitives.ReadUInt64BigEndian(element) : BinaryPrimitives.ReadUInt64LittleEndian(element)),
        _ => throw NotConvertible("integers"),
    };

    private long Signed(ulong value) => value <= long.MaxValue ? (long)value : throw NotConvertible("integers below 2^63");

    private string Text(ReadOnlySpan<byte> element) => type.Kind switch
    {
        'U' => (type.BigEndian ? new UTF32Encoding(bigEndian: true, byteOrderMark: false) : Encoding.UTF32).GetString(element).TrimEnd('\0'),
        'S' => Encoding.Latin1.GetString(element).TrimEnd('\0'),
        _ => throw NotConvertible("texts"),
    };

    private QuantException NotConvertible(string wanted) => errors.Conversion($"a numpy array of {type} and shape ({string.Join(", ", shape)}) does not hold {wanted}");
}
