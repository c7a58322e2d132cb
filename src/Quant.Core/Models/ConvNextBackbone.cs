namespace Quant.Core.Models;

/// <summary>
/// ConvNeXt_PC (AWML, after PillarNeSt and MMPretrain): no stem; before a stage a LayerNorm over channels and a 2×2 convolution of stride 2;
/// in a stage residual blocks of a depthwise convolution, LayerNorm, Linear c → 4c, GELU and Linear 4c → c with a layer scale; a LayerNorm
/// on each output.
/// </summary>
internal static class ConvNextBackbone
{
    public const string Type = "ConvNeXt_PC";
    public const int DefaultKernel = 7;
    private const string Prefix = "pts_backbone";
    private const double Epsilon = 1e-6;

    // LayerNorm2d is built without an eps there and takes PyTorch's default.
    private const double DownsampleEpsilon = 1e-5;

    public static IReadOnlyList<string> Append(GraphBuilder graph, LayerLoader loader, BackboneConfig config)
    {
        var (value, channels) = (graph.Input, (long)config.InChannels);
        var outputs = new List<string>();
        for (var stage = 0; stage < config.Depths.Count; stage++)
        {
            long width = stage == 0 ? config.InChannels : config.OutChannels[stage];
            if (stage >= config.FirstDownsample)
            {
                var prefix = $"{Prefix}.downsample_layers.{stage}";
                var normalized = Normalize(graph, loader, $"{prefix}.0", channels, DownsampleEpsilon, value);
                value = graph.Apply(loader.Load($"{prefix}.1", LayerKind.Conv2d, [width, channels, 2, 2], null, 0, Activation.None, stride: 2), normalized);
            }

            for (var block = 0; block < config.Depths[stage]; block++)
            {
                value = Block(graph, loader, config, $"{Prefix}.stages.{stage}.{block}", width, Kernel(config, stage), value);
            }

            if (config.OutIndices.Contains(stage))
            {
                outputs.Add(Normalize(graph, loader, $"{Prefix}.norm{stage}", width, Epsilon, value));
            }

            channels = width;
        }

        return outputs;
    }

    private static string Block(GraphBuilder graph, LayerLoader loader, BackboneConfig config, string prefix, long channels, int kernel, string input)
    {
        var depthwise = loader.Load(
            $"{prefix}.depthwise_conv", LayerKind.DepthwiseConv2d, [channels, 1, kernel, kernel], null, 0, Activation.None, padding: kernel / 2, groups: channels);
        var norm = loader.LoadLayerNorm($"{prefix}.norm", channels, Epsilon);
        var expand = loader.Load($"{prefix}.pointwise_conv1", LayerKind.Linear, [4 * channels, channels], null, 0, Activation.Gelu);
        var scale = config.LayerScaleInitValue > 0 ? $"{prefix}.gamma" : null;
        var project = loader.Load($"{prefix}.pointwise_conv2", LayerKind.Linear, [channels, 4 * channels], null, 0, Activation.None, scale: scale);
        var value = graph.Add(new GraphOp.ToChannelsLast(), $"{depthwise.Name}.channels_last", graph.Apply(depthwise, input));
        value = graph.Apply(project, graph.Apply(expand, graph.Apply(norm, value)));
        return graph.Sum($"{prefix}.add", input, graph.Add(new GraphOp.ToChannelsFirst(), $"{project.Name}.channels_first", value));
    }

    /// <summary>LayerNorm2d: over the channels of [B, C, H, W].</summary>
    private static string Normalize(GraphBuilder graph, LayerLoader loader, string name, long channels, double epsilon, string value)
    {
        var norm = loader.LoadLayerNorm(name, channels, epsilon);
        var last = graph.Add(new GraphOp.ToChannelsLast(), $"{name}.channels_last", value);
        return graph.Add(new GraphOp.ToChannelsFirst(), $"{name}.channels_first", graph.Apply(norm, last));
    }

    private static int Kernel(BackboneConfig config, int stage) =>
        config.LargeArch is { } large && large.Stages.ToList().IndexOf(stage) is var index and >= 0 ? large.LargeKernelSizes[index] : DefaultKernel;
}
