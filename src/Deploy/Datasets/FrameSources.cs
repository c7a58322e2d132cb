using Deploy.Datasets.Infos;
using Deploy.Datasets.Points;
using Deploy.Datasets.Tables;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets;

/// <summary>Opens data sets.</summary>
public static class FrameSources
{
    /// <summary>Reads tables or the info file and checks them; points are read by <see cref="IFrameSource.Load"/>.</summary>
    /// <exception cref="QuantException">QNT0801 … QNT0816: the options, the files or what they hold cannot be used.</exception>
    public static IFrameSource Open(DatasetOptions options)
    {
        OptionChecks.Run(options);
        var index = options.Type switch
        {
            "t4" => T4Reader.Read(options),
            "nuscenes" => NuScenesReader.Read(options),
            "mmdet3d_info" => InfoReader.Read(options),
            "folder" => FolderReader.Read(options),
            _ => throw OptionChecks.UnknownType(options.Type),
        };
        return new FrameSource(index.Checked(options), new PointLoader(options));
    }
}
