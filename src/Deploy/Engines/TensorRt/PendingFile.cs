namespace Deploy.Engines.TensorRt;

/// <summary>A file that another program writes under a temporary name in the target's folder; it takes its name only when it is accepted.</summary>
internal sealed class PendingFile : IDisposable
{
    public PendingFile(string target)
    {
        Target = System.IO.Path.GetFullPath(target);
        var folder = System.IO.Path.GetDirectoryName(Target)!;
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, $".tmp-{System.IO.Path.GetRandomFileName()}-{System.IO.Path.GetFileName(Target)}");
    }

    /// <summary>Where the file belongs.</summary>
    public string Target { get; }

    /// <summary>Where it is written.</summary>
    public string Path { get; }

    /// <summary>Gives it its name, replacing an older file.</summary>
    public void Accept() => File.Move(Path, Target, overwrite: true);

    /// <summary>Removes it unless it was accepted.</summary>
    public void Dispose() => File.Delete(Path);

    /// <summary>Writes a text whole or not at all.</summary>
    public static void WriteText(string target, string text)
    {
        using var file = new PendingFile(target);
        File.WriteAllText(file.Path, text);
        file.Accept();
    }
}
