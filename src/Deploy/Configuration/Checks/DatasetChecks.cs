using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Checks;

/// <summary>Does the <c>dataset</c> section say all that its type needs?</summary>
internal static class DatasetChecks
{
    public static void Run(CheckContext context)
    {
        var dataset = context.Config.Dataset;
        Columns(context, dataset);
        Split(context, dataset.Type, "dataset.training", dataset.Training);
        Split(context, dataset.Type, "dataset.calibration", dataset.Calibration);
        Split(context, dataset.Type, "dataset.validation", dataset.Validation);
        Classes(context, dataset);
    }

    private static void Columns(CheckContext context, DatasetConfig dataset)
    {
        foreach (var (key, names) in new[] { ("dataset.point_columns", dataset.PointColumns), ("dataset.use_dim", dataset.UseDim) })
        {
            if (!context.Usable(key))
            {
                return;
            }

            foreach (var name in names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
            {
                context.Error(DiagnosticCodes.Contradiction, key, $"{key} names '{name}' twice");
            }

            if (!names.Take(3).SequenceEqual(["x", "y", "z"]))
            {
                context.Error(DiagnosticCodes.NotAllowed, key, $"{key} must start with x, y, z");
            }
        }

        for (var i = 0; i < dataset.UseDim.Count; i++)
        {
            var name = dataset.UseDim[i];
            if (name != "time" && !dataset.PointColumns.Contains(name))
            {
                context.Error(
                    DiagnosticCodes.NotAllowed,
                    context.AtItem("dataset.use_dim", i),
                    $"dataset.use_dim names '{name}'; the file holds {string.Join(", ", dataset.PointColumns)}, and time is computed");
            }
        }
    }

    private static void Split(CheckContext context, string type, string key, DatasetSplitConfig? split)
    {
        if (split is null || !context.Usable("dataset.type", key + ".root", key + ".ann_file"))
        {
            return;
        }

        if (split.Root is null && type != "mmdet3d_info")
        {
            context.Error(DiagnosticCodes.MissingKey, key, $"{key}.root is missing: the folder of a data set of type {type}");
        }

        if (split.AnnFile is null && type == "mmdet3d_info")
        {
            context.Error(DiagnosticCodes.MissingKey, key, $"{key}.ann_file is missing: the info file (.pkl) of a data set of type {type}");
        }

        if (split.Scenes is not null && type is not ("t4" or "nuscenes"))
        {
            context.Error(DiagnosticCodes.Contradiction, key + ".scenes", $"{key}.scenes is read for types t4 and nuscenes only; dataset.type is {type}");
        }

        if (split.AnnFile is not null && type != "mmdet3d_info")
        {
            context.Error(DiagnosticCodes.Contradiction, key + ".ann_file", $"{key}.ann_file is read for type mmdet3d_info only; dataset.type is {type}");
        }
    }

    private static void Classes(CheckContext context, DatasetConfig dataset)
    {
        const string head = "model.pts_bbox_head.tasks";
        if (context.Config.Model?.PtsBboxHead is not { } model || !context.Usable(head, "dataset.merge_objects"))
        {
            return;
        }

        foreach (var name in (dataset.MergeObjects?.Keys ?? []).Where(name => !model.ClassNames.Contains(name)))
        {
            context.Error(DiagnosticCodes.NotAllowed, context.AtName("dataset.merge_objects", name), $"dataset.merge_objects names '{name}', which is no class of the model");
        }
    }
}
