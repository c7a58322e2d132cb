using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>
/// The zip container of torch.save since 1.6: <c>root/data.pkl</c>, storages in <c>root/data/KEY</c>, <c>root/byteorder</c>;
/// records of other names are ignored.
/// </summary>
internal sealed class TorchZipFile
{
    private const string PickleName = "data.pkl";
    private const int MaxByteOrderLength = 16;

    private readonly IByteSource file;
    private readonly string path;
    private readonly string root;
    private readonly PickleErrors errors;
    private readonly Dictionary<string, ZipEntry> entries;
    private readonly Dictionary<TorchStorageId, object> storages = [];

    private TorchZipFile(IByteSource file, string path)
    {
        this.file = file;
        this.path = path;
        errors = new PickleErrors(path);
        entries = ZipDirectory.Read(file, path).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        root = FindRoot();
    }

    /// <summary>The object that was saved.</summary>
    public static object? Load(IByteSource file, string path, PickleLimits limits)
    {
        var archive = new TorchZipFile(file, path);
        archive.CheckByteOrder();
        return new PickleMachine(new ByteCursor(archive.Pickle(), archive.errors), limits, archive.LoadStorage).Run();
    }

    /// <summary>The one folder with a data.pkl, with its slash; empty when the records lie at the top.</summary>
    private string FindRoot()
    {
        var roots = entries.Keys
            .Where(name => name == PickleName || (name.EndsWith("/" + PickleName, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - PickleName.Length - 1))
            .Select(name => name[..^PickleName.Length])
            .ToList();
        if (entries.Keys.FirstOrDefault(name => name.EndsWith("/constants.pkl", StringComparison.Ordinal) || name == "constants.pkl") is { } constants)
        {
            throw Unsupported($"it is a TorchScript archive ('{constants}'), compiled code without a plain state dict; in Python: torch.save({{'state_dict': torch.jit.load(path).state_dict()}}, path)");
        }

        return roots switch
        {
            [var only] => only,
            [] => throw Unsupported("it is a zip archive without a data.pkl, so not from torch.save; name the .pth file of the training"),
            _ => throw Unsupported($"it holds {roots.Count} data.pkl ({string.Join(", ", roots.Take(3))}, …); name an archive with one checkpoint"),
        };
    }

    private void CheckByteOrder()
    {
        if (!entries.TryGetValue(root + "byteorder", out var entry))
        {
            return;
        }

        var record = Record(entry);
        var order = new byte[(int)Math.Min(MaxByteOrderLength, record.Length)];
        record.Read(0, order);
        if (!order.AsSpan().SequenceEqual("little"u8))
        {
            throw Unsupported($"its byte order is '{System.Text.Encoding.ASCII.GetString(order)}' and only little is read; save it again on a little-endian machine");
        }
    }

    private IByteSource Pickle()
    {
        var entry = entries[root + PickleName];
        var record = Record(entry);
        if (!entry.Deflated)
        {
            return record;
        }

        var bytes = new byte[record.Length];
        record.Read(0, bytes);
        return new MemoryBytes(bytes);
    }

    private object LoadStorage(object? id)
    {
        var storage = TorchStorageId.Parse(id, errors);
        if (!storages.TryGetValue(storage, out var loaded))
        {
            loaded = storage.DType is { } type ? new TensorStorage(Bytes(storage), type, storage.Count) : new PickleStub(storage.ClassName, []);
            storages.Add(storage, loaded);
        }

        return loaded;
    }

    private StorageBytes Bytes(TorchStorageId storage)
    {
        if (!entries.TryGetValue($"{root}data/{storage.Key}", out var entry))
        {
            throw errors.Tensor($"needs record 'data/{storage.Key}', which the file does not have");
        }

        return entry.Size == storage.ByteLength
            ? Record(entry)
            : throw errors.Tensor($"has a storage of {storage.Count} elements of {storage.ClassName}, but record '{entry.Name}' has {entry.Size} bytes");
    }

    private StorageBytes Record(ZipEntry entry) => new(path, entry.Name, entry.Size)
    {
        Crc = entry.Crc,
        Source = entry.Deflated ? new InflatedBytes(file, entry, path) : new ByteSlice(file, entry.DataOffset, entry.CompressedSize),
    };

    private QuantException Unsupported(string problem) => new(DiagnosticCodes.CheckpointFormatUnsupported, $"this checkpoint cannot be read: {problem}", new SourceLocation(path));
}
