namespace Quant.Core.Checkpoints;

/// <summary>
/// Keys by value for strings, numbers, truth values, bytes and None; other keys (tuples, stubs) by identity, because comparing
/// them by value could be made to take for ever. Hashes are seeded, so that colliding numbers cannot be prepared.
/// </summary>
internal sealed class PickleKeyComparer : IEqualityComparer<object>
{
    public static readonly PickleKeyComparer Instance = new();

    public new bool Equals(object? x, object? y) => (x, y) switch
    {
        (byte[] left, byte[] right) => left.AsSpan().SequenceEqual(right),
        (PickleTuple or PickleStub, _) => ReferenceEquals(x, y),
        _ => object.Equals(x, y),
    };

    public int GetHashCode(object obj)
    {
        switch (obj)
        {
            case long number:
                return HashCode.Combine((int)number, (int)(number >> 32));
            case double number:
                return HashCode.Combine((int)BitConverter.DoubleToInt64Bits(number + 0.0), (int)(BitConverter.DoubleToInt64Bits(number + 0.0) >> 32));
            case byte[] bytes:
                var hash = default(HashCode);
                hash.AddBytes(bytes);
                return hash.ToHashCode();
            default:
                return obj.GetHashCode();
        }
    }
}
