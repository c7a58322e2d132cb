using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>
/// Reads plain-data pickles of protocols 0 to 5, such as MMDetection3D's info files, without executing anything.
/// Values are <see cref="PickleDict"/>, <see cref="PickleList"/> (lists and sets), <see cref="PickleTuple"/>, string, long
/// (<see cref="System.Numerics.BigInteger"/> when larger), double, bool, null, byte arrays, <see cref="NumpyArray"/>,
/// <see cref="NumpyDType"/> and, for other harmless classes, <see cref="PickleStub"/>. Numpy scalars are plain values.
/// </summary>
public static class PickleReader
{
    /// <summary>Reads the first pickle of a stream: a seekable one in place, from its position on; another one is copied.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="file">The name for error messages.</param>
    /// <param name="limits">What the pickle may cost; null for the defaults.</param>
    /// <exception cref="QuantException">QNT0204: a class outside the allow-list. QNT0205: malformed. QNT0206: too large, too deep or recursive.</exception>
    public static object? Read(Stream stream, string file, PickleLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek)
        {
            return Read(new StreamBytes(stream), file, limits);
        }

        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return Read(copy.GetBuffer().AsMemory(0, (int)copy.Length), file, limits);
    }

    /// <inheritdoc cref="Read(Stream, string, PickleLimits?)"/>
    /// <param name="data">The bytes.</param>
    /// <param name="file">The name for error messages.</param>
    /// <param name="limits">What the pickle may cost; null for the defaults.</param>
    public static object? Read(ReadOnlyMemory<byte> data, string file, PickleLimits? limits = null) => Read(new MemoryBytes(data), file, limits);

    private static object? Read(IByteSource source, string file, PickleLimits? limits)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        limits ??= new PickleLimits();
        var errors = new PickleErrors(file);
        var value = new PickleMachine(new ByteCursor(source, errors), limits).Run();
        PickleDepth.Check(value, limits.MaxDepth, errors);
        return value;
    }
}
