using Deploy.Configuration;
using Deploy.Datasets;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>What the data-set reader is told for one split of a config.</summary>
internal static class DatasetOptionsFactory
{
    /// <exception cref="QuantException">QNT0852: the split is not in the config.</exception>
    public static DatasetOptions Create(LoadedConfig loaded, string split)
    {
        var dataset = loaded.Config.Dataset;
        var chosen = split switch { "calibration" => dataset.Calibration, "training" => dataset.Training, _ => dataset.Validation };
        if (chosen is null || (chosen.Root is null && chosen.AnnFile is null))
        {
            throw new QuantException(DiagnosticCodes.SplitMissing, $"dataset.{split}.root is not set; name the folder of the {split} frames", loaded.LocationOf($"dataset.{split}") ?? loaded.LocationOf("dataset"));
        }

        return ForFiles(loaded) with
        {
            Type = dataset.Type,
            Root = chosen.Root ?? Path.GetDirectoryName(chosen.AnnFile!)!,
            InfoFile = chosen.AnnFile,
            Version = chosen.Version,
            Scenes = chosen.Scenes,
            NumFrames = chosen.NumFrames,
        };
    }

    /// <summary>How any point file of this config is read.</summary>
    public static DatasetOptions ForFiles(LoadedConfig loaded)
    {
        var dataset = loaded.Config.Dataset;
        return new DatasetOptions
        {
            Type = "folder",
            Root = ".",
            LidarChannel = dataset.LidarChannel,
            PointColumns = dataset.PointColumns,
            UseDim = dataset.UseDim,
            SweepsNum = dataset.SweepsNum,
            RemoveClose = dataset.RemoveClose,
            PadEmptySweeps = dataset.PadEmptySweeps,
            PointCloudRange = loaded.Config.Model.PointCloudRange,
            ClassNames = loaded.Config.Model.PtsBboxHead.ClassNames,
            NameMapping = dataset.NameMapping,
            MergeObjects = dataset.MergeObjects,
            FilterAttributes = dataset.FilterAttributes,
        };
    }
}
