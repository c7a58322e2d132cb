using System.Text.Json.Serialization;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>Why a trtexec run failed.</summary>
/// <param name="Class">A stable word, such as <c>scale_not_positive</c>.</param>
/// <param name="Line">1-based line of the log, or 0 when no line names it.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Advice">What to do.</param>
public sealed record TrtexecCause(string Class, int Line, string Text, string Advice)
{
    /// <summary>The node of the ONNX graph or the layer that the log blames, when it names one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Node { get; init; }
}
