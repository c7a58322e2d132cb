using System.Globalization;
using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Export;

/// <summary>
/// The contract of a graph whose input is scaled by whoever makes it (<see cref="OnnxExportOptions.ScaledInput"/>): feature c of every point is multiplied by
/// factor c, in float32, before the graph sees it. The factors are comma-separated in the file's metadata.
/// </summary>
public static class InputFactors
{
    /// <summary>The metadata's key.</summary>
    public const string Key = "quant.input_factors";

    /// <summary>Stores the factors in a model.</summary>
    public static void Write(ModelProto model, IReadOnlyList<float> factors)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.MetadataProps.Add(new StringStringEntryProto { Key = Key, Value = string.Join(',', factors.Select(factor => factor.ToString("R", CultureInfo.InvariantCulture))) });
    }

    /// <summary>The factors of a model, or null when its input is read as it is.</summary>
    /// <exception cref="QuantException">QNT0405: the metadata is damaged.</exception>
    public static IReadOnlyList<float>? Of(ModelProto model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Parse(model.MetadataProps.FirstOrDefault(entry => entry.Key == Key)?.Value);
    }

    /// <summary>The factors in a metadata value; null for none.</summary>
    /// <exception cref="QuantException">QNT0405: the value is damaged.</exception>
    public static IReadOnlyList<float>? Parse(string? value)
    {
        var factors = value?.Split(',').Select(text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) ? factor : float.NaN).ToList();
        return factors?.TrueForAll(factor => float.IsFinite(factor) && factor > 0) != false
            ? factors
            : throw new QuantException(DiagnosticCodes.ExportGraphInvalid, $"the metadata {Key} is '{value}', not positive numbers; export the model again");
    }

    /// <summary>Scaled features; the features themselves without factors.</summary>
    /// <param name="features">Rows of as many values as there are factors.</param>
    /// <param name="featureCount">Values in a row.</param>
    /// <param name="factors">Of <see cref="Of"/>.</param>
    /// <exception cref="QuantException">QNT0405: the rows have another length.</exception>
    public static float[] Apply(float[] features, int featureCount, IReadOnlyList<float>? factors)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (factors is null)
        {
            return features;
        }

        return factors.Count == featureCount
            ? [.. features.Select((value, index) => value * factors[index % featureCount])]
            : throw new QuantException(DiagnosticCodes.ExportGraphInvalid, $"the encoder's file has {factors.Count} input factors and the points {featureCount} features; it belongs to another model section");
    }
}
