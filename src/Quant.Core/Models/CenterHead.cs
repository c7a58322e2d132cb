namespace Quant.Core.Models;

/// <summary>
/// CenterHead: a shared 3×3 convolution, then for each task and branch two convolutions (the last without norm). Norms keep
/// PyTorch's eps 1e-5. Outputs in the deployed order: heatmap first, then the branches in state-dict order.
/// </summary>
internal static class CenterHead
{
    private const double Epsilon = 1e-5;
    private const string Prefix = "pts_bbox_head";

    public static void Append(GraphBuilder graph, LayerLoader loader, HeadConfig config, string value, long channels)
    {
        var shared = loader.Load(
            $"{Prefix}.shared_conv.conv", LayerKind.Conv2d, [config.ShareConvChannel, channels, 3, 3], $"{Prefix}.shared_conv.bn", Epsilon, Activation.Relu, padding: 1);
        value = graph.Apply(shared, value);
        for (var task = 0; task < config.Tasks.Count; task++)
        {
            var suffix = config.Tasks.Count == 1 ? "" : $"_{task}";
            var heads = config.CommonHeads.Append(new("heatmap", config.Tasks[task].Count));
            var outputs = heads.ToDictionary(head => head.Key, head => Branch(graph, loader, config, $"{Prefix}.task_heads.{task}.{head.Key}", head.Value, value));
            foreach (var name in outputs.Keys.OrderByDescending(name => name == "heatmap"))
            {
                graph.Output(outputs[name], name + suffix);
            }
        }
    }

    private static string Branch(GraphBuilder graph, LayerLoader loader, HeadConfig config, string prefix, int channels, string value)
    {
        long kernel = config.FinalKernel;
        var first = loader.Load(
            $"{prefix}.0.conv", LayerKind.Conv2d, [config.HeadConv, config.ShareConvChannel, kernel, kernel], $"{prefix}.0.bn", Epsilon, Activation.Relu, padding: kernel / 2);
        var last = loader.Load($"{prefix}.1", LayerKind.Conv2d, [channels, config.HeadConv, kernel, kernel], null, Epsilon, Activation.None, padding: kernel / 2);
        return graph.Apply(last, graph.Apply(first, value));
    }
}
