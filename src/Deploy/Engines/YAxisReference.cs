using Quant.Core.Models;

namespace Deploy.Engines;

/// <summary>Autoware's output form (<c>rot_y_axis_reference</c>): dim is (w, l, h) and rot is (−cos, −sin) instead of (l, w, h) and (sin, cos).</summary>
public static class YAxisReference
{
    /// <summary>Brings outputs of that form back to MMDetection3D's.</summary>
    public static IReadOnlyDictionary<string, HostTensor> Undo(IReadOnlyDictionary<string, HostTensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.ToDictionary(
            output => output.Key,
            output => Base(output.Key) switch
            {
                "dim" => Channels(output.Value, [1, 0, 2], 1),
                "rot" => Channels(output.Value, [1, 0], -1),
                _ => output.Value,
            },
            StringComparer.Ordinal);
    }

    private static string Base(string name) => name.Split('_')[0];

    private static HostTensor Channels(HostTensor tensor, int[] source, float sign)
    {
        var cells = tensor.Values.Length / source.Length;
        var values = new float[tensor.Values.Length];
        for (var channel = 0; channel < source.Length; channel++)
        {
            for (var cell = 0; cell < cells; cell++)
            {
                values[(channel * cells) + cell] = sign * tensor.Values[(source[channel] * cells) + cell];
            }
        }

        return tensor with { Values = values };
    }
}
