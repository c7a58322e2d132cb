namespace Deploy.Pipeline;

/// <summary>Writes whole files or nothing: under a temporary name in the same folder, then moved.</summary>
public static class AtomicFile
{
    /// <summary>What temporary names start with; leftovers of a killed run are removed by the next.</summary>
    public const string TemporaryPrefix = ".tmp-";

    /// <summary>Writes a text as UTF-8 without a mark.</summary>
    public static void Write(string path, string text) => Write(path, temporary => File.WriteAllText(temporary, text));

    /// <summary>Lets <paramref name="write"/> fill a temporary file, then moves it into place.</summary>
    public static void Write(string path, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $"{TemporaryPrefix}{Path.GetRandomFileName()}{Path.GetExtension(path)}");
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
