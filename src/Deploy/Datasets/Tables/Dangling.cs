using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>Messages on references that lead nowhere.</summary>
internal static class Dangling
{
    /// <summary>The row cannot be used without the other one.</summary>
    public static QuantException Error(string field, string token, string table, TablePlace place) => new(
        DiagnosticCodes.DatasetTokenDangling, $"{field} '{token}' is not in {table}.json: the tables do not belong together or are cut", place.Locate());

    /// <summary>The row can be used; only what would follow it is missing.</summary>
    public static Diagnostic Chain(string what, TablePlace place) => Diagnostic.Warning(DiagnosticCodes.DatasetChainBroken, what, place.Locate());
}
