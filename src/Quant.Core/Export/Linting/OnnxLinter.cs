using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Export.Linting;

/// <summary>
/// Checks an ONNX graph before a runtime sees it: ONNX's own rules (names, order, opsets, types, shapes) and the rules by which
/// a runtime imports and fuses Q/DQ. Reads any ONNX graph: operators and attributes that it does not know are left alone.
/// </summary>
public static class OnnxLinter
{
    private static readonly Action<LintContext>[] Rules =
    [
        StructureRules.Check,
        OpsetRules.Check,
        TypeRules.Check,
        ScaleRules.Check,
        ZeroPointRules.Check,
        ChannelAxisRules.Check,
        WeightRules.Check,
        FusionRules.Check,
        OperatorRules.Check,
    ];

    /// <summary>All findings, in the order of the rules; empty for a clean graph. Never throws on an odd graph.</summary>
    public static IReadOnlyList<Diagnostic> Check(ModelProto model, OnnxLintOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var context = new LintContext(model, options ?? new OnnxLintOptions());
        foreach (var rule in Rules)
        {
            rule(context);
        }

        return context.Findings;
    }
}
