using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>The folder of one run: names of its files, and a lock so that two runs never write at once.</summary>
public sealed class WorkDirectory : IDisposable
{
    private readonly FileStream? guard;

    private WorkDirectory(string root, FileStream? guard) => (Root, this.guard) = (root, guard);

    /// <summary>Its full path.</summary>
    public string Root { get; }

    /// <summary>Opens it for writing, creates it, removes what a killed run left, and takes the lock.</summary>
    /// <exception cref="QuantException">QNT0920: another run holds it. QNT0921: it cannot be written.</exception>
    public static WorkDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(root);
            var guard = new FileStream(Path.Combine(root, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            foreach (var leftover in Directory.EnumerateFiles(root, $"{AtomicFile.TemporaryPrefix}*", SearchOption.AllDirectories).ToList())
            {
                File.Delete(leftover);
            }

            return new WorkDirectory(root, guard);
        }
        catch (IOException error) when (File.Exists(Path.Combine(root, ".lock")))
        {
            throw new QuantException(DiagnosticCodes.WorkDirectoryBusy, "another run is using this work directory; wait for it, or pass another --work-dir", new SourceLocation(root), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new QuantException(DiagnosticCodes.WorkDirectoryUnusable, $"the work directory cannot be written: {error.Message}; pass another --work-dir", new SourceLocation(root), error);
        }
    }

    /// <summary>The full path of a file in it, such as <c>onnx/int8</c>.</summary>
    public string this[string name] => Path.Combine(Root, name);

    /// <summary>The name of a file relative to it, with forward slashes.</summary>
    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <inheritdoc/>
    public void Dispose() => guard?.Dispose();
}
