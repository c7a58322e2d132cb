using Quant.Core.Diagnostics;

namespace Deploy.Datasets;

/// <summary>Can these options be read at all?</summary>
internal static class OptionChecks
{
    private static readonly string[] Axes = ["x", "y", "z"];

    public static void Run(DatasetOptions options)
    {
        var bag = new DiagnosticBag();
        if (!Directory.Exists(options.Root))
        {
            bag.Error(DiagnosticCodes.DatasetRootMissing, $"the data set's folder {options.Root} is not there: check dataset.*.root");
        }

        if (options.NumFrames is < 1)
        {
            bag.Error(DiagnosticCodes.DatasetOptionsInvalid, $"num_frames is {options.NumFrames}; it must be at least 1");
        }

        if (options.SweepsNum < 0)
        {
            bag.Error(DiagnosticCodes.DatasetOptionsInvalid, $"sweeps_num is {options.SweepsNum}; it must not be negative");
        }

        Columns(options, bag);
        Classes(options, bag);
        bag.ThrowIfErrors();
    }

    public static QuantException UnknownType(string type) => new(
        DiagnosticCodes.DatasetOptionsInvalid, $"data set type '{type}' is unknown; it must be t4, nuscenes, mmdet3d_info or folder");

    private static void Columns(DatasetOptions options, DiagnosticBag bag)
    {
        if (!options.PointColumns.Take(3).SequenceEqual(Axes) || !options.UseDim.Take(3).SequenceEqual(Axes))
        {
            bag.Error(
                DiagnosticCodes.DatasetOptionsInvalid,
                $"point_columns [{string.Join(", ", options.PointColumns)}] and use_dim [{string.Join(", ", options.UseDim)}] must both start with x, y, z");
        }

        foreach (var name in options.UseDim.Where(name => name != "time" && !options.PointColumns.Contains(name)))
        {
            bag.Error(
                DiagnosticCodes.DatasetOptionsInvalid,
                $"use_dim names '{name}'; the file holds {string.Join(", ", options.PointColumns)}, and time is computed");
        }

        if (options.PointCloudRange is { } range && (range.Count != 6 || range[0] >= range[3] || range[1] >= range[4] || range[2] >= range[5]))
        {
            bag.Error(
                DiagnosticCodes.DatasetOptionsInvalid,
                $"point_cloud_range [{string.Join(", ", range)}] must be x, y, z minimum and then x, y, z maximum");
        }
    }

    private static void Classes(DatasetOptions options, DiagnosticBag bag)
    {
        foreach (var (target, sources) in options.MergeObjects ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            if (sources.Count != 2)
            {
                bag.Error(
                    DiagnosticCodes.DatasetOptionsInvalid,
                    $"merge_objects of '{target}' names {sources.Count} classes ({string.Join(", ", sources)}); it must name the two that become one");
            }
        }
    }
}
