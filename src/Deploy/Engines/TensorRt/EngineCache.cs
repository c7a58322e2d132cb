using System.Text.Json;

namespace Deploy.Engines.TensorRt;

/// <summary>Keeps beside each engine what it was built from (<c>model.engine.key.json</c>). Anything doubtful counts as stale.</summary>
public static class EngineCache
{
    private sealed record Entry(string Key, EngineKey Parts, string Engine);

    /// <summary>The file that describes an engine.</summary>
    public static string FileOf(string engine) => $"{engine}.key.json";

    /// <summary>Compares an engine with what would be built now.</summary>
    public static EngineCacheState Check(string engine, EngineKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!File.Exists(engine))
        {
            return new EngineCacheState(false, "there was no engine");
        }

        return Read(FileOf(engine)) is not { } entry ? new EngineCacheState(false, "nothing tells what the engine was built from")
            : key.Difference(entry.Parts) is { } difference ? new EngineCacheState(false, difference)
            : entry.Key != key.Digest ? new EngineCacheState(false, "the record of the engine was changed")
            : EngineKey.HashOf(engine) != entry.Engine ? new EngineCacheState(false, "the engine file is not the one that was built")
            : new EngineCacheState(true, "the engine of the same ONNX file, flags, TensorRT, GPU and driver is used again");
    }

    /// <summary>Records an engine that was just built.</summary>
    public static void Store(string engine, EngineKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        PendingFile.WriteText(FileOf(engine), JsonSerializer.Serialize(new Entry(key.Digest, key, EngineKey.HashOf(engine)), TensorRtJson.Options));
    }

    /// <summary>Forgets an engine before it is built again, so that a stopped build leaves no stale one that looks fresh.</summary>
    public static void Forget(string engine) => File.Delete(FileOf(engine));

    private static Entry? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Entry>(File.ReadAllText(path), TensorRtJson.Options) is { Parts.Flags: not null } entry ? entry : null : null;
        }
        catch (JsonException)
        {
            // A damaged record is the same as none: the engine is built again.
            return null;
        }
    }
}
