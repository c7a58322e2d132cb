using System.Numerics;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Infos;

/// <summary>A value of an info file with its place in it, such as <c>data_list[3].instances[0].bbox_3d</c>.</summary>
internal readonly record struct InfoValue(object? Value, string Place, string File)
{
    public bool IsDict => Value is PickleDict;

    /// <summary>The value of a key, or null when it is missing or None.</summary>
    public InfoValue? Find(string key) => Dict().TryGet(key, out object? found) && found is not null ? this with { Value = found, Place = Below(key) } : null;

    /// <summary>The value of a key that must be there.</summary>
    public InfoValue Get(string key) => Find(key) ?? throw new QuantException(
        DiagnosticCodes.InfoFileInvalid, $"{Below(key)} is missing", new SourceLocation(File));

    public PickleDict Dict() => Value as PickleDict ?? throw Wrong("a dict");

    /// <summary>The elements of a list, tuple or array of objects.</summary>
    public IReadOnlyList<InfoValue> Items()
    {
        IReadOnlyList<object?> items = Value switch
        {
            PickleList list => list,
            PickleTuple tuple => tuple,
            NumpyArray { DType: "|O" } array => array.ToObjects(),
            _ => throw Wrong("a list"),
        };
        var (place, file) = (Place, File);
        return [.. items.Select((item, i) => new InfoValue(item, $"{place}[{i}]", file))];
    }

    public string Text() => Value as string ?? throw Wrong("a text");

    public string[] Texts() => Value is NumpyArray array ? (array.Count == 0 ? [] : array.ToStrings()) : [.. Items().Select(item => item.Text())];

    public double Number() => Value switch
    {
        double number => number,
        long number => number,
        bool flag => flag ? 1 : 0,
        BigInteger number => (double)number,
        NumpyArray { Count: 1 } array => array.ToDoubles()[0],
        _ => throw Wrong("a number"),
    };

    /// <summary>Numbers of a list, a nested list or an array, row by row.</summary>
    public double[] Numbers() => Value switch
    {
        NumpyArray { DType: not "|O" } array => array.ToDoubles(),
        PickleList or PickleTuple or NumpyArray => [.. Items().SelectMany(item => item.Value is PickleList or PickleTuple or NumpyArray ? item.Numbers() : [item.Number()])],
        _ => throw Wrong("a list of numbers"),
    };

    /// <summary>That many finite numbers.</summary>
    public double[] Finite(int count) => Numbers() is var numbers && numbers.Length == count && numbers.All(double.IsFinite) ? numbers : throw Wrong($"{count} finite numbers");

    public QuantException Wrong(string expected) =>
        new(DiagnosticCodes.InfoFileInvalid, $"{(Place.Length > 0 ? Place : "the file")} must be {expected}; it is {Found()}", new SourceLocation(File));

    private string Found() => Value switch
    {
        null => "None",
        PickleDict dict => $"a dict of {dict.Count}",
        PickleList list => $"a list of {list.Count}",
        PickleTuple tuple => $"a tuple of {tuple.Count}",
        NumpyArray array => $"an array of {array.DType} and shape ({string.Join(", ", array.Shape)})",
        PickleStub stub => stub.TypeName,
        string => "a text",
        byte[] => "bytes",
        _ => Value.ToString() ?? "something else",
    };

    private string Below(string key) => Place.Length > 0 ? $"{Place}.{key}" : key;
}
