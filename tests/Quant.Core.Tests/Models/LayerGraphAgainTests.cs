using Quant.Core.Models;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Models;

public sealed class LayerGraphAgainTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Running_only_what_depends_on_a_layer_gives_the_bits_of_a_full_pass(bool convNext)
    {
        using var scope = NewDisposeScope();
        var config = convNext ? RandomModel.ConvNext : RandomModel.TwoTasks;
        using var model = CenterPoint.Load(RandomModel.StateDict(config, 3), config, "random");
        var canvas = randn(1, 6, config.GridY, config.GridX);
        var traced = model.Dense.Trace(canvas);
        using var quantizer = new TensorQuantizer("q", [1.5f]);
        foreach (var layer in model.Dense.Layers.Where(layer => layer.IsWeighted))
        {
            layer.InputQuantizer = quantizer;
            var ran = 0;

            var again = model.Dense.Again(traced, layer, (_, _) => ran++);

            var full = model.Dense.Forward(canvas);
            Assert.All(full, output => Assert.True(output.Value.eq(again[output.Key]).all().item<bool>(), $"{layer.Name} {output.Key}"));
            Assert.InRange(ran, 1, model.Dense.Nodes.Length);
            layer.InputQuantizer = null;
        }
    }
}
