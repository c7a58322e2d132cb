namespace Quant.Core.Models;

/// <summary>SECOND: stages of 3×3 convolutions with BN and ReLU, the first of each stage strided; every stage is an output.</summary>
internal static class SecondBackbone
{
    private const double Epsilon = 1e-3;

    public static IReadOnlyList<string> Append(GraphBuilder graph, LayerLoader loader, BackboneConfig config)
    {
        var (value, channels) = (graph.Input, (long)config.InChannels);
        var stages = new List<string>();
        for (var stage = 0; stage < config.OutChannels.Count; stage++)
        {
            for (var index = 0; index <= config.LayerNums[stage]; index++)
            {
                // Sequential order: convolution, norm, ReLU.
                var prefix = $"pts_backbone.blocks.{stage}";
                var layer = loader.Load(
                    $"{prefix}.{3 * index}",
                    LayerKind.Conv2d,
                    [config.OutChannels[stage], channels, 3, 3],
                    $"{prefix}.{(3 * index) + 1}",
                    Epsilon,
                    Activation.Relu,
                    stride: index == 0 ? config.LayerStrides[stage] : 1,
                    padding: 1);
                value = graph.Apply(layer, value);
                channels = config.OutChannels[stage];
            }

            stages.Add(value);
        }

        return stages;
    }
}
