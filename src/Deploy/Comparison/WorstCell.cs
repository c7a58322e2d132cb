using System.Text.Json.Serialization;

namespace Deploy.Comparison;

/// <summary>The largest scored difference of an output and where it is.</summary>
/// <param name="Frame">Token of the frame.</param>
/// <param name="Channel">Channel.</param>
/// <param name="Y">Row of the map.</param>
/// <param name="X">Column of the map.</param>
/// <param name="Reference">The reference's value in the compared space.</param>
/// <param name="Candidate">The candidate's value in the compared space.</param>
/// <param name="Difference">The scored difference; for vel in the activated space relative to max(1 m/s, |v|).</param>
public sealed record WorstCell(
    [property: JsonPropertyName("frame")] string Frame,
    [property: JsonPropertyName("channel")] int Channel,
    [property: JsonPropertyName("y")] int Y,
    [property: JsonPropertyName("x")] int X,
    [property: JsonPropertyName("reference")] double Reference,
    [property: JsonPropertyName("candidate")] double Candidate,
    [property: JsonPropertyName("difference")] double Difference);
