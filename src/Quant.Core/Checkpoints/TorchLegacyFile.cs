using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>
/// The container of torch.save before 1.6 (and with <c>_use_new_zipfile_serialization=False</c>): pickles of a magic number, a
/// version, the byte order, the object and the storage keys; then per key a 64-bit element count and the elements.
/// </summary>
internal sealed class TorchLegacyFile
{
    private const int SniffedBytes = 32;
    private const long Version = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private readonly IByteSource file;
    private readonly string path;
    private readonly PickleLimits limits;
    private readonly PickleErrors errors;
    private readonly ByteCursor cursor;
    private readonly Dictionary<string, (TorchStorageId Id, TensorStorage Storage)> storages = new(StringComparer.Ordinal);

    private TorchLegacyFile(IByteSource file, string path, PickleLimits limits)
    {
        this.file = file;
        this.path = path;
        this.limits = limits;
        errors = new PickleErrors(path);
        cursor = new ByteCursor(file, errors);
    }

    /// <summary>True when the magic number stands at the start, whatever the pickle protocol.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> start) =>
        start[..Math.Min(start.Length, SniffedBytes)].IndexOf(Magic.ToByteArray()) >= 0;

    /// <summary>The object that was saved.</summary>
    public static object? Load(IByteSource file, string path, PickleLimits limits) => new TorchLegacyFile(file, path, limits).Load();

    private object? Load()
    {
        if (Next() is not BigInteger magic || magic != Magic || Next() is not Version)
        {
            throw errors.Invalid("the header of the old torch format is not complete", cursor.Position);
        }

        if (Next() is PickleDict system && system.TryGet<bool>("little_endian", out var little) && !little)
        {
            throw new QuantException(
                DiagnosticCodes.CheckpointFormatUnsupported,
                "this checkpoint cannot be read: it was written on a big-endian machine; save it again on a little-endian one",
                new SourceLocation(path));
        }

        var root = new PickleMachine(cursor, limits, LoadStorage).Run();
        if (Next() is not PickleList keys)
        {
            throw errors.Invalid("the list of storages is missing", cursor.Position);
        }

        Attach(keys);
        return root;
    }

    private object? Next() => new PickleMachine(cursor, limits).Run();

    private TensorStorage LoadStorage(object? id)
    {
        var storage = TorchStorageId.Parse(id, errors);
        if (storages.TryGetValue(storage.Key, out var known))
        {
            return known.Id == storage ? known.Storage : throw errors.Tensor($"names storage '{storage.Key}' with another type or length than before");
        }

        if (storage.DType is not { } type || storage.ByteLength is not { } length)
        {
            throw errors.Tensor($"has a {storage.ClassName} of {storage.Count} elements, which is not supported in the old torch format");
        }

        var loaded = new TensorStorage(new StorageBytes(path, storage.Key, length), type, storage.Count);
        storages.Add(storage.Key, (storage, loaded));
        return loaded;
    }

    private void Attach(PickleList keys)
    {
        Span<byte> count = stackalloc byte[sizeof(long)];
        var position = cursor.Position;
        foreach (var key in keys)
        {
            if (key is not string name || !storages.TryGetValue(name, out var item) || item.Storage.Bytes.Source is not null)
            {
                throw errors.Tensor($"storage list names {PickleErrors.Describe(key)}, which no tensor uses or which was there before");
            }

            var length = item.Storage.Bytes.Length;
            if (file.Length - position < sizeof(long) || file.Length - position - sizeof(long) < length)
            {
                throw new QuantException(
                    DiagnosticCodes.CheckpointDamaged,
                    $"the file ends inside storage '{name}' ({length} bytes at {position}); copy or save the checkpoint again",
                    new SourceLocation(path));
            }

            file.Read(position, count);
            if (BinaryPrimitives.ReadInt64LittleEndian(count) != item.Id.Count)
            {
                throw errors.Tensor($"has a storage of {item.Id.Count} elements, but the file holds {BinaryPrimitives.ReadInt64LittleEndian(count)}");
            }

            item.Storage.Bytes.Source = new ByteSlice(file, position + sizeof(long), length);
            position += sizeof(long) + length;
        }

        if (storages.Values.FirstOrDefault(item => item.Storage.Bytes.Source is null).Id is { } missing)
        {
            throw errors.Tensor($"needs storage '{missing.Key}', which the file does not have");
        }
    }
}
