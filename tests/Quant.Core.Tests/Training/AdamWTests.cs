using Quant.Core.Training;
using Testing;
using TorchSharp.Modules;
using AdamW = Quant.Core.Training.AdamW;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Training;

public sealed class AdamWTests
{
    [Fact]
    public void Weights_go_the_way_of_PyTorchs_AdamW()
    {
        using var scope = NewDisposeScope();
        var (own, theirs) = (Start(), Start());
        using var optimizer = new AdamW(own, [], 0.05);
        using var reference = optim.AdamW(theirs, lr: 0.01, weight_decay: 0.05);

        for (var step = 0; step < 40; step++)
        {
            optimizer.ZeroGrad();
            Objective(own).backward();
            optimizer.Update(0.01, 0, 0.5);
            reference.zero_grad();
            Objective(theirs).backward();
            nn.utils.clip_grad_norm_(theirs, 0.5);
            reference.step();
        }

        Assert.All(own.Zip(theirs), pair => Assert.True((pair.First - pair.Second).abs().max().item<float>() < 1e-6f));
    }

    [Theory]
    [InlineData(0.02f)]
    [InlineData(50f)]
    public void A_range_of_any_size_moves_by_the_same_share(float size)
    {
        using var scope = NewDisposeScope();
        var range = new Parameter(tensor([size]));
        using var optimizer = new AdamW([], [range], 0.05);

        for (var step = 0; step < 10; step++)
        {
            optimizer.ZeroGrad();
            range.sum().backward();
            optimizer.Update(1, 0.01, 15);
        }

        Assert.Equal(size * Math.Exp(-0.1), range.item<float>(), size * 1e-3);
    }

    [Fact]
    public void A_gradient_that_is_no_number_moves_nothing()
    {
        using var scope = NewDisposeScope();
        var weights = Start();
        var before = weights.Select(weight => weight.clone()).ToList();
        using var optimizer = new AdamW(weights, [], 0.05);
        (Objective(weights) * float.NaN).backward();

        var norm = optimizer.Update(0.01, 0, 15);

        Assert.False(double.IsFinite(norm));
        Assert.Equal(0, optimizer.Step);
        Assert.All(weights.Zip(before), pair => Assert.True(pair.First.eq(pair.Second).all().item<bool>()));
    }

    [Fact]
    public void Moments_of_another_model_are_refused()
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        var weights = Start();
        using var optimizer = new AdamW(weights, [], 0);
        using var other = new AdamW([weights[0]], [], 0);
        optimizer.Save(folder.File("moments"));

        Assert.Throws<InvalidDataException>(() => other.Load(folder.File("moments")));
    }

    private static List<Parameter> Start() => [new(arange(6, ScalarType.Float32).view(2, 3) - 2.5), new(tensor([0.3f, -4f]))];

    private static Tensor Objective(List<Parameter> weights) => (weights[0] - 1).pow(4).sum() + (weights[1] * weights[0].sum()).square().sum();
}
