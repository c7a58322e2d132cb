namespace Quant.Core.Models;

/// <summary>
/// The pillar feature net: per layer Linear → BN1d → ReLU → maximum over the pillar's points; every layer but the last computes
/// half its width and appends the maximum to each point (MMDetection3D's PFNLayer).
/// </summary>
internal static class PillarFeatureNet
{
    public const string Component = "pts_voxel_encoder";
    private const double Epsilon = 1e-3;

    /// <summary>Input <c>input_features</c> [P, M, F], output <c>pillar_features</c> [P, 1, C].</summary>
    public static LayerGraph Build(LayerLoader loader, VoxelEncoderConfig config)
    {
        var graph = new GraphBuilder(Component, "input_features");
        var value = graph.Input;
        var channels = config.DecoratedChannels;
        for (var index = 0; index < config.FeatChannels.Count; index++)
        {
            var last = index == config.FeatChannels.Count - 1;
            var units = last ? config.FeatChannels[index] : config.FeatChannels[index] / 2;
            var prefix = $"{Component}.pfn_layers.{index}";
            var layer = loader.Load($"{prefix}.linear", LayerKind.Linear, [units, channels], $"{prefix}.norm", Epsilon, Activation.Relu);
            var points = graph.Apply(layer, value);
            var maximum = graph.Add(new GraphOp.MaxOverPoints(), $"{prefix}.max", points);
            value = last ? maximum : graph.Add(new GraphOp.AppendPillarMax(), $"{prefix}.concat", points, maximum);
            channels = config.FeatChannels[index];
        }

        graph.Output(value, "pillar_features");
        return graph.Build();
    }
}
