using System.IO.MemoryMappedFiles;

namespace Quant.Core.Checkpoints;

/// <summary>A file in a read-only memory map: only the pages that are read come into memory.</summary>
internal sealed class MappedFile : IByteSource, IDisposable
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;

    /// <summary>Maps a file that is not empty; it is closed with the map.</summary>
    public MappedFile(FileStream file)
    {
        Length = file.Length;
        map = MemoryMappedFile.CreateFromFile(file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
    }

    public long Length { get; }

    public void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Length - offset);
        ObjectDisposedException.ThrowIf(view.SafeMemoryMappedViewHandle.IsClosed, typeof(Checkpoint));
        view.SafeMemoryMappedViewHandle.ReadSpan((ulong)offset, destination);
    }

    public void Dispose()
    {
        view.Dispose();
        map.Dispose();
    }
}
