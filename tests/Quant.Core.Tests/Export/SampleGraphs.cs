using System.Collections.Immutable;
using Quant.Core.Export;
using Quant.Core.Models;

namespace Quant.Core.Tests.Export;

/// <summary>Small pillar CenterPoint components with random weights.</summary>
internal static class SampleGraphs
{
    public static readonly (string Name, int Channels)[] Heads = [("heatmap", 5), ("reg", 2), ("height", 1), ("dim", 3), ("rot", 2), ("vel", 2)];

    /// <summary>SECOND with two stages, FPN with a strided, a plain and a transposed branch, shared convolution, six head branches.</summary>
    public static ExportGraph Dense(int width = 8, int seed = 1)
    {
        var random = new Random(seed);
        List<ExportNode> nodes = [];
        string Add(string name, LayerKind kind, int inputs, int outputs, int kernel, int stride, int padding, string source, Activation activation = Activation.Relu)
        {
            nodes.Add(Apply(Layer(random, name, kind, inputs, outputs, kernel, stride, padding, activation), source));
            return name;
        }

        var a = Add("pts_backbone.blocks.0.0", LayerKind.Conv2d, width, width, 3, 1, 1, "spatial_features");
        a = Add("pts_backbone.blocks.0.3", LayerKind.Conv2d, width, width, 3, 1, 1, a);
        var b = Add("pts_backbone.blocks.1.0", LayerKind.Conv2d, width, width * 2, 3, 2, 1, a);
        var c = Add("pts_backbone.blocks.2.0", LayerKind.Conv2d, width * 2, width * 4, 3, 2, 1, b);
        Add("pts_neck.deblocks.0.0", LayerKind.Conv2d, width, width, 2, 2, 0, a);
        Add("pts_neck.deblocks.1.0", LayerKind.Conv2d, width * 2, width, 1, 1, 0, b);
        Add("pts_neck.deblocks.2.0", LayerKind.ConvTranspose2d, width * 4, width, 2, 2, 0, c);
        nodes.Add(new ExportNode(new ExportOp.ConcatChannels(), ["pts_neck.deblocks.0.0", "pts_neck.deblocks.1.0", "pts_neck.deblocks.2.0"], "pts_neck"));
        var shared = Add("pts_bbox_head.shared_conv.conv", LayerKind.Conv2d, width * 3, width, 3, 1, 1, "pts_neck");
        foreach (var (name, channels) in Heads)
        {
            var hidden = Add($"pts_bbox_head.task_heads.0.{name}.0.conv", LayerKind.Conv2d, width, width, 1, 1, 0, shared);
            Add($"pts_bbox_head.task_heads.0.{name}.1", LayerKind.Conv2d, width, channels, 1, 1, 0, hidden, Activation.None);
        }

        return new ExportGraph(
            "pts_backbone_neck_head",
            "spatial_features",
            [.. nodes],
            [.. Heads.Select(head => new GraphOutput($"pts_bbox_head.task_heads.0.{head.Name}.1", head.Name))]);
    }

    /// <summary>A pillar feature net of two layers; the first appends the pillar's maximum.</summary>
    public static ExportGraph Encoder(int features = 9, int width = 8, int seed = 2)
    {
        var random = new Random(seed);
        ImmutableArray<ExportNode> nodes =
        [
            Apply(Layer(random, "pts_voxel_encoder.pfn_layers.0.linear", LayerKind.Linear, features, width / 2, 0, 1, 0), "input_features"),
            new ExportNode(new ExportOp.MaxOverPoints(), ["pts_voxel_encoder.pfn_layers.0.linear"], "pts_voxel_encoder.pfn_layers.0.max"),
            new ExportNode(new ExportOp.AppendPillarMax(), ["pts_voxel_encoder.pfn_layers.0.linear", "pts_voxel_encoder.pfn_layers.0.max"], "pts_voxel_encoder.pfn_layers.0"),
            Apply(Layer(random, "pts_voxel_encoder.pfn_layers.1.linear", LayerKind.Linear, width, width, 0, 1, 0), "pts_voxel_encoder.pfn_layers.0"),
            new ExportNode(new ExportOp.MaxOverPoints(), ["pts_voxel_encoder.pfn_layers.1.linear"], "pts_voxel_encoder.pfn_layers.1.max"),
        ];
        return new ExportGraph("pts_voxel_encoder", "input_features", nodes, [new GraphOutput("pts_voxel_encoder.pfn_layers.1.max", "pillar_features")]);
    }

    /// <summary>One layer between input x and output y.</summary>
    public static ExportGraph Single(LayerWeights layer) =>
        new("single", "x", [Apply(layer, "x")], [new GraphOutput(layer.Name, "y")]);

    public static ExportNode Apply(LayerWeights layer, string source) => new(new ExportOp.Apply(layer), [source], layer.Name);

    public static LayerWeights Layer(Random random, string name, LayerKind kind, int inputs, int outputs, int kernel, int stride, int padding, Activation activation = Activation.Relu, int groups = 1)
    {
        ImmutableArray<long> shape = kind switch
        {
            LayerKind.Linear => [outputs, inputs],
            LayerKind.Conv2d => [outputs, inputs / groups, kernel, kernel],
            _ => [inputs, outputs / groups, kernel, kernel],
        };
        var fanIn = kind == LayerKind.Conv2d ? shape[1] * kernel * kernel : inputs / groups;
        var deviation = MathF.Sqrt(2f / fanIn);
        return new LayerWeights(name, kind, Normal(random, (int)shape.Aggregate((a, b) => a * b), deviation), shape, Normal(random, outputs, 0.1f), activation, stride, padding, groups);
    }

    public static float[] Normal(Random random, int count, float deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => deviation * MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle()))];

    /// <summary>A sparse, non-negative canvas, as scattered ReLU outputs are.</summary>
    public static HostTensor Canvas(int channels, int size, int seed = 3)
    {
        var random = new Random(seed);
        return new HostTensor([.. Enumerable.Range(0, channels * size * size).Select(_ => random.NextDouble() < 0.2 ? random.NextSingle() * 4 : 0f)], [1, channels, size, size]);
    }

    public static HostTensor Points(int pillars, int points, int features, int seed = 4)
    {
        var random = new Random(seed);
        return new HostTensor(Normal(random, pillars * points * features, 2), [pillars, points, features]);
    }
}
