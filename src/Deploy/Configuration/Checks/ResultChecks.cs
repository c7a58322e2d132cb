using Deploy.Configuration.Binding;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Checks;

/// <summary>Do comparison, evaluation and gates name outputs, classes and models that exist?</summary>
internal static class ResultChecks
{
    private const string Head = "model.pts_bbox_head";

    public static void Run(CheckContext context)
    {
        var config = context.Config;
        if (config.Model?.PtsBboxHead is { } head && context.Usable(Head))
        {
            string[] branches = ["heatmap", .. head.CommonHeads.Keys];
            var outputs = head.Tasks.Count == 1
                ? branches
                : [.. branches, .. branches.SelectMany(branch => Enumerable.Range(0, head.Tasks.Count).Select(task => $"{branch}_{task}"))];
            Known(context, "verification.tolerances", config.Verification.Tolerances.Keys, outputs, "output");
            Known(context, "evaluation.class_ranges", config.Evaluation.ClassRanges?.Keys ?? [], head.ClassNames, "class");
            Known(context, "gates.ap_drop_max", config.Gates.ApDropMax.Keys, head.ClassNames, "class");
        }

        if (context.Usable("evaluation.models"))
        {
            Models(context);
        }
    }

    private static void Models(CheckContext context)
    {
        const string key = "evaluation.models";
        var models = context.Config.Evaluation.Models;
        foreach (var name in models.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            context.Error(DiagnosticCodes.Contradiction, key, $"evaluation.models names '{name}' twice");
        }

        var quantized = models.FirstOrDefault(name => name.StartsWith("int8", StringComparison.Ordinal));
        if (quantized is not null && !context.Config.Quantization.Enabled && context.IsWritten(key) && context.Usable("quantization.enabled"))
        {
            context.Error(DiagnosticCodes.Contradiction, key, $"evaluation.models names '{quantized}', but quantization.enabled is false at {context.At("quantization.enabled")}");
        }
    }

    private static void Known(CheckContext context, string key, IEnumerable<string> names, IReadOnlyList<string> known, string kind)
    {
        foreach (var name in names.Where(name => !known.Contains(name)))
        {
            var near = Spelling.Nearest(name, known) is { } guess ? $"did you mean '{guess}'?" : $"known: {string.Join(", ", known)}";
            context.Error(DiagnosticCodes.NotAllowed, context.AtName(key, name), $"{key} names '{name}', which is no {kind} of the model; {near}");
        }
    }
}
