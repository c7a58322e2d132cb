using Quant.Core.Export;
using Quant.Core.Export.Onnx;

namespace Deploy.Pipeline;

/// <summary>What a consumer of an ONNX file must do to its input, as a file beside it (<c>pts_voxel_encoder.input.json</c>).</summary>
/// <param name="Input">The graph's input.</param>
/// <param name="Factors">Feature c of every point is multiplied by factor c, in float32.</param>
/// <param name="Metadata">The metadata key under which the ONNX file holds the same numbers.</param>
internal sealed record InputContract(string Input, IReadOnlyList<float> Factors, string Metadata)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Writes the contract of a file whose input is scaled, and removes an old one of a file whose input is not.</summary>
    public static void Write(PipelineContext context, ModelProto model, string onnxFile)
    {
        var file = Path.ChangeExtension(onnxFile, ".input.json");
        File.Delete(file);
        if (InputFactors.Of(model) is { } factors)
        {
            JsonFile.Write(file, new InputContract(model.Graph.Input[0].Name, factors, InputFactors.Key));
            context.Log.Info($"  {Path.GetFileName(onnxFile)}: {factors.Count} input features are scaled by their maker, see {Path.GetFileName(file)}");
        }
    }
}
