using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>A Linear layer's weight and ranges in MatMul's order [in, out].</summary>
internal static class Transposition
{
    public static LayerWeights Transposed(this LayerWeights layer)
    {
        var (rows, columns) = ((int)layer.WeightShape[0], (int)layer.WeightShape[1]);
        var weight = new float[layer.Weight.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                weight[(column * rows) + row] = layer.Weight[(row * columns) + column];
            }
        }

        return layer with { Weight = weight, WeightShape = [columns, rows] };
    }

    public static WeightQuantization Transposed(this WeightQuantization weight) => weight with { Axis = 1 - weight.Axis };
}
