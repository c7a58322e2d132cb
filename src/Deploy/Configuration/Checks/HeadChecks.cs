using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Configuration.Checks;

/// <summary>Are the head's classes and branches complete, and can its boxes be decoded?</summary>
internal static class HeadChecks
{
    private const string Code = DiagnosticCodes.InconsistentModel;
    private const string Head = "model.pts_bbox_head";

    /// <summary>Channels of the branches that the decoder reads; vel may be missing.</summary>
    private static readonly Dictionary<string, int> BranchChannels = new() { ["reg"] = 2, ["height"] = 1, ["dim"] = 3, ["rot"] = 2, ["vel"] = 2 };

    public static void Run(CheckContext context, ModelConfig model)
    {
        Classes(context, model);
        Branches(context, model);
        Decoding(context, model);
    }

    private static void Classes(CheckContext context, ModelConfig model)
    {
        if (!context.Usable(Head + ".tasks"))
        {
            return;
        }

        foreach (var task in model.PtsBboxHead.Tasks.Where(task => task.Count == 0))
        {
            context.Error(Code, Head + ".tasks", "a task of pts_bbox_head has no class");
        }

        foreach (var name in model.PtsBboxHead.ClassNames.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            context.Error(Code, Head + ".tasks", $"the class '{name}' stands twice in pts_bbox_head");
        }
    }

    private static void Branches(CheckContext context, ModelConfig model)
    {
        const string key = Head + ".common_heads";
        if (context.Usable(Head + ".final_kernel") && model.PtsBboxHead.FinalKernel % 2 == 0)
        {
            context.Error(Code, Head + ".final_kernel", $"final_kernel is {model.PtsBboxHead.FinalKernel}; it must be odd to keep the map's size");
        }

        if (!context.Usable(key))
        {
            return;
        }

        foreach (var (name, channels) in model.PtsBboxHead.CommonHeads)
        {
            var wanted = BranchChannels.GetValueOrDefault(name);
            if (wanted != channels)
            {
                var text = wanted == 0 ? $"the branch '{name}' is not implemented; branches: {string.Join(", ", BranchChannels.Keys)}" : $"the branch '{name}' has {channels} channels; it takes {wanted}";
                context.Error(DiagnosticCodes.NotImplemented, context.AtName(key, name), text);
            }
        }

        foreach (var name in BranchChannels.Keys.Where(name => name != "vel" && !model.PtsBboxHead.CommonHeads.ContainsKey(name)))
        {
            context.Error(DiagnosticCodes.MissingKey, key, $"common_heads lacks the branch '{name}', which boxes are decoded from");
        }
    }

    private static void Decoding(CheckContext context, ModelConfig model)
    {
        const string key = "model.test_cfg.";
        var test = model.TestCfg;
        if (context.Usable(key + "post_center_limit_range"))
        {
            for (var axis = 0; axis < 3; axis++)
            {
                if (test.PostCenterLimitRange[axis] >= test.PostCenterLimitRange[axis + 3])
                {
                    context.Error(Code, context.AtItem(key + "post_center_limit_range", axis + 3), $"post_center_limit_range ends before it starts along {"xyz"[axis]}");
                }
            }
        }

        if (context.Usable(key + "min_radius", Head + ".tasks") && context.IsWritten(key + "min_radius") && test.MinRadius.Count != model.PtsBboxHead.Tasks.Count)
        {
            context.Error(Code, key + "min_radius", $"min_radius has {test.MinRadius.Count} values, but pts_bbox_head has {model.PtsBboxHead.Tasks.Count} tasks");
        }
    }
}
