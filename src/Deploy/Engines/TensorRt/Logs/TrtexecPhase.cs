using System.Text.Json.Serialization;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>A step of a run that the log shows.</summary>
/// <param name="Name"><c>parse</c>, <c>build</c>, <c>load</c>, <c>warm_up</c>, <c>measure</c> or <c>done</c>.</param>
/// <param name="Line">1-based line where it begins or is told.</param>
public sealed record TrtexecPhase(string Name, int Line)
{
    /// <summary>How long it took, when the log says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Seconds { get; init; }
}
