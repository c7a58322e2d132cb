namespace Quant.Core.Models;

/// <summary>SECONDFPN: brings every stage to one resolution with a convolution or deconvolution of kernel = stride, then joins channels.</summary>
internal static class SecondFpn
{
    private const double Epsilon = 1e-3;

    public static string Append(GraphBuilder graph, LayerLoader loader, NeckConfig config, IReadOnlyList<string> stages, IReadOnlyList<int> channels)
    {
        var branches = new List<string>();
        for (var branch = 0; branch < stages.Count; branch++)
        {
            var upsample = config.UpsampleStrides[branch];
            var transposed = upsample > 1 || (upsample == 1 && !config.UseConvForNoStride);
            long stride = (long)Math.Round(transposed ? upsample : 1 / upsample);
            long output = config.OutChannels[branch];
            var layer = loader.Load(
                $"pts_neck.deblocks.{branch}.0",
                transposed ? LayerKind.ConvTranspose2d : LayerKind.Conv2d,
                transposed ? [channels[branch], output, stride, stride] : [output, channels[branch], stride, stride],
                $"pts_neck.deblocks.{branch}.1",
                Epsilon,
                Activation.Relu,
                stride);
            branches.Add(graph.Apply(layer, stages[branch]));
        }

        return branches.Count == 1 ? branches[0] : graph.Add(new GraphOp.ConcatChannels(), "pts_neck.concat", [.. branches]);
    }
}
