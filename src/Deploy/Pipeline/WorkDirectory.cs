using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>The folder of one run: names of its files, and a lock so that two runs never write at once.</summary>
public sealed class WorkDirectory : IDisposable
{
    private const string LockName = ".lock";

    // EWOULDBLOCK of Linux and macOS, and ERROR_SHARING_VIOLATION: a read-only or full disk is not somebody else's run.
    private const int LockedOnLinux = 11;
    private const int LockedOnMac = 35;
    private const int LockedOnWindows = unchecked((int)0x80070020);

    /// <summary>All folders below, but none that a link leads to: those are not this run's.</summary>
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private readonly FileStream? guard;

    private WorkDirectory(string root, FileStream? guard) => (Root, this.guard) = (root, guard);

    /// <summary>Its full path.</summary>
    public string Root { get; }

    /// <summary>Opens it for writing, creates it, removes what a killed run left, and takes the lock.</summary>
    /// <exception cref="QuantException">QNT0920: another run holds it. QNT0921: it cannot be written.</exception>
    public static WorkDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        FileStream? guard = null;
        try
        {
            Directory.CreateDirectory(root);
            // The file stays: a run that removed it could remove the one that the next run has just locked.
            guard = new FileStream(Path.Combine(root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            foreach (var leftover in Directory.EnumerateFiles(root, $"{AtomicFile.TemporaryPrefix}*", Everywhere).ToList())
            {
                File.Delete(leftover);
            }

            return new WorkDirectory(root, guard);
        }
        catch (IOException error) when (guard is null && error.HResult is LockedOnLinux or LockedOnMac or LockedOnWindows)
        {
            throw new QuantException(DiagnosticCodes.WorkDirectoryBusy, "another run is using this work directory; wait for it, or pass another --work-dir", new SourceLocation(root), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            guard?.Dispose();
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
