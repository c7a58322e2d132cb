using System.Text.Json.Serialization;
using Quant.Core.Diagnostics;

namespace Deploy.Gates;

/// <summary>gate.json: all gates of a release.</summary>
public sealed record GateReport
{
    /// <summary>The form that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Changes only when a reader would break.</summary>
    [JsonPropertyName("version")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>True when every gate passes.</summary>
    [JsonPropertyName("pass")]
    public bool Pass => Checks.All(check => check.Verdict == GateVerdict.Pass);

    /// <summary>In the order of the thresholds.</summary>
    [JsonPropertyName("checks")]
    public required IReadOnlyList<GateCheck> Checks { get; init; }

    /// <summary>0 when all gates pass, else 1.</summary>
    [JsonIgnore]
    public int ExitCode => Pass ? 0 : 1;

    /// <summary>An error for every gate that does not pass; a warning when nothing was gated.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics()
    {
        var bag = new DiagnosticBag();
        foreach (var check in Checks)
        {
            var code = check.Verdict switch
            {
                GateVerdict.Fail => DiagnosticCodes.GateFailed,
                GateVerdict.Inconclusive => DiagnosticCodes.GateInconclusive,
                GateVerdict.Missing => DiagnosticCodes.GateMissing,
                _ => null,
            };
            if (code is not null)
            {
                bag.Error(code, $"gate {check.Name}: {check.Detail}");
            }
        }

        if (Checks.Count == 0)
        {
            bag.Warning(DiagnosticCodes.GateOptionsInvalid, "no gate has a limit, so nothing was judged; set gates.map_drop_max");
        }

        return bag.Items;
    }
}
