using Quant.Core.Diagnostics;

namespace Deploy.Datasets;

/// <summary>A folder of point files without labels, in ordinal order of their names.</summary>
internal static class FolderReader
{
    public static FrameIndex Read(DatasetOptions options)
    {
        var files = Directory.EnumerateFiles(Path.GetFullPath(options.Root), "*.bin").Order(StringComparer.Ordinal).Take(options.NumFrames ?? int.MaxValue).ToList();
        if (files.Count == 0)
        {
            throw new QuantException(DiagnosticCodes.DatasetEmpty, $"{options.Root} holds no .bin file; type folder reads the .bin and .pcd.bin files of one folder, not of its subfolders");
        }

        var frames = files.ConvertAll(file => new FrameEntry(Path.GetFileName(file), file, [], Pad: true, null, null));
        return new(frames, [Diagnostic.Warning(DiagnosticCodes.DatasetUnlabelled, $"{options.Root} is a folder of point files without labels")], new Dictionary<string, int>());
    }
}
