using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Infos;

/// <summary>
/// Reads MMDetection3D's <c>*_infos_*.pkl</c> without executing anything: <c>data_list</c> since 1.1 (AWML's too), <c>infos</c>
/// before.
/// </summary>
internal static class InfoReader
{
    private const string Expected = "a dict with data_list (MMDetection3D 1.1 and later) or infos (nuScenes before 1.1)";

    public static FrameIndex Read(DatasetOptions options)
    {
        var path = options.InfoFile ?? throw new QuantException(
            DiagnosticCodes.DatasetOptionsInvalid, "type mmdet3d_info needs the info file: set dataset.*.ann_file to a *_infos_*.pkl");
        var root = new InfoValue(Unpickle(path), "", path);
        return !root.IsDict ? throw root.Wrong(Expected)
            : root.Find("data_list") is { } frames ? InfoV2.Read(root, frames, options)
            : root.Find("infos") is { } infos ? InfoV1.Read(infos, options)
            : throw root.Wrong(Expected);
    }

    private static object? Unpickle(string path)
    {
        if (!File.Exists(path))
        {
            throw new QuantException(DiagnosticCodes.DatasetRootMissing, "the info file is not there: check dataset.*.ann_file", new SourceLocation(path));
        }

        try
        {
            using var stream = File.OpenRead(path);
            return PickleReader.Read(stream, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new QuantException(DiagnosticCodes.InfoFileInvalid, $"the info file cannot be read: {failure.Message}", new SourceLocation(path), failure);
        }
    }
}
