using System.Text.Json.Serialization;

namespace Quant.Core.Quantization;

/// <summary>The per-tensor range of a layer's input. Layers that read one tensor have the same quantizer and amax.</summary>
/// <param name="Quantizer">The shared quantizer's name: <c>&lt;first layer&gt;._input_quantizer</c>.</param>
/// <param name="Amax">The absolute value that maps to level 127; of the scaled tensor where there is a <see cref="ChannelScale"/>.</param>
/// <param name="Scale">amax/127 in float32, or 1 for an all-zero tensor.</param>
/// <param name="Method">Where the range comes from, such as <c>histogram/mse</c>.</param>
public sealed record InputQuantization(string Quantizer, float Amax, float Scale, string Method)
{
    /// <summary>
    /// For a Linear layer whose channels differ much in range: input channel c is multiplied by 1/scale[c] before it is quantized and the weight's
    /// column c by scale[c], which leaves the float function as it is. Null when the channels are read as they are.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? ChannelScale { get; init; }
}
