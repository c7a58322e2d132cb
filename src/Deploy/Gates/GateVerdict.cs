using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>What a gate says.</summary>
[JsonConverter(typeof(GateVerdictConverter))]
public enum GateVerdict
{
    /// <summary>The limit is kept, noise included.</summary>
    Pass,

    /// <summary>The limit is broken, noise included.</summary>
    Fail,

    /// <summary>The noise is larger than the margin to the limit.</summary>
    Inconclusive,

    /// <summary>There is a limit and no measurement.</summary>
    Missing,
}
