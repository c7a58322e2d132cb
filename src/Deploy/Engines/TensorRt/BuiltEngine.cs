using System.Text.Json.Serialization;
using Deploy.Engines.TensorRt.Audits;
using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Engines.TensorRt;

/// <summary>An engine that was built, or used again, and loaded.</summary>
/// <param name="Name">Of its job.</param>
/// <param name="Engine">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Command">Program and arguments of the build.</param>
/// <param name="Notes">What the user should know about the choice of flags.</param>
/// <param name="Cache">Whether it was used again, and why or why not.</param>
public sealed record BuiltEngine(string Name, string Engine, long Bytes, IReadOnlyList<string> Command, IReadOnlyList<string> Notes, EngineCacheState Cache)
{
    /// <summary>The build's log; null when an earlier engine was used again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrtexecReading? Build { get; init; }

    /// <summary>What the engine does with the graph.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EngineAudit? Audit { get; init; }

    /// <summary>Its times.</summary>
    public EngineTimes Times { get; init; } = EngineTimes.None;
}
