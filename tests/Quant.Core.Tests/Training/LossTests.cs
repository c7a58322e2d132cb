using System.Text.Json;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Training;
using Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Training;

/// <summary>Against PyTorch's autograd (Golden/training_reference.py).</summary>
public sealed class LossTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Quant.Core.Tests", "Training", "Golden", "training.json"))).RootElement;

    [Fact]
    public void The_radius_is_the_least_of_the_three_cases()
    {
        Assert.All(Golden.GetProperty("radius").EnumerateArray().Select(Numbers), row => Assert.Equal(row[3], GaussianHeatmap.Radius(row[0], row[1], row[2]), 9));
        // Car, truck and bus at 0.48 m cells, from AWML's trainings.
        Assert.Equal(2.557, GaussianHeatmap.Radius(1.9 / 0.48, 4.5 / 0.48, 0.1), 3);
        Assert.Equal(4, (int)GaussianHeatmap.Radius(2.5 / 0.48, 10 / 0.48, 0.1));
        Assert.Equal(4, (int)GaussianHeatmap.Radius(2.9 / 0.48, 12 / 0.48, 0.1));
    }

    [Fact]
    public void Peaks_are_drawn_by_maximum_and_cut_at_the_border()
    {
        var shape = Shape();
        var (height, width) = ((int)shape[2], (int)shape[3]);
        var map = new float[height * width];

        GaussianHeatmap.Draw(map, width, height, 2, 1, 2);
        GaussianHeatmap.Draw(map, width, height, 4, 3, 2);

        var expected = Numbers(Golden.GetProperty("heatmap_target")).Take(map.Length).ToArray();
        Assert.All(map.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 6));
        Assert.Equal(2, map.Count(value => value == 1));
    }

    [Fact]
    public void Loss_and_gradients_equal_autograds()
    {
        using var scope = NewDisposeScope();
        var maps = Golden.GetProperty("maps").EnumerateObject().ToDictionary(map => map.Name, map => tensor(Floats(map.Value), [2, Floats(map.Value).Length / 60, 5, 6]).requires_grad_());
        var heatmaps = Floats(Golden.GetProperty("heatmap_target")).Chunk(60).ToList();
        var targets = heatmaps.Index().Select(IReadOnlyList<TaskTarget> (frame) =>
        [
            new TaskTarget(frame.Item, [.. Golden.GetProperty("cells")[frame.Index].EnumerateArray().Select(cell => cell.GetInt32())], Floats(Golden.GetProperty("boxes")[frame.Index])),
        ]).ToList();

        var loss = new DetectionLoss([1, 1, 1, 1, 1, 1, 1, 1, 0.2, 0.2], 0.25).Of(maps, targets);
        loss.backward();

        Assert.Equal(Golden.GetProperty("loss").GetDouble(), loss.item<float>(), 1e-4);
        foreach (var (name, map) in maps)
        {
            Assert.All(map.grad!.data<float>().Zip(Floats(Golden.GetProperty("gradients").GetProperty(name))), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        }
    }

    [Fact]
    public void Frames_without_objects_give_a_finite_loss_of_the_heatmap_alone()
    {
        using var scope = NewDisposeScope();
        var maps = new[] { ("heatmap", 2), ("reg", 2), ("height", 1), ("dim", 3), ("rot", 2), ("vel", 2) }.ToDictionary(item => item.Item1, item => zeros(1, item.Item2, 5, 6).requires_grad_());

        var loss = new DetectionLoss([.. Enumerable.Repeat(1.0, 10)], 0.25).Of(maps, [[new TaskTarget(new float[60], [], [])]]);
        loss.backward();

        Assert.True(double.IsFinite(loss.item<float>()));
        Assert.True(maps["heatmap"].grad!.gt(0).all().item<bool>());
    }

    [Fact]
    public void A_learned_range_gets_the_gradient_of_lsq_and_a_frozen_one_passes_it_straight_through()
    {
        using var scope = NewDisposeScope();
        var lsq = Golden.GetProperty("lsq");
        using var learned = new LearnedQuantizer("q", [1f]);
        using var frozen = new TensorQuantizer("q", [1f]);
        var upstream = tensor(Floats(lsq.GetProperty("upstream")));

        foreach (var quantizer in new ILayerQuantizer[] { learned, frozen })
        {
            var x = tensor(Floats(lsq.GetProperty("x"))).requires_grad_();
            var y = quantizer.Quantize(x);
            (y * upstream).sum().backward();

            Assert.All(y.detach().data<float>().Zip(Floats(lsq.GetProperty("values"))), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
            Assert.All(x.grad!.data<float>().Zip(Floats(lsq.GetProperty("grad_x"))), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        }

        Assert.Equal(lsq.GetProperty("grad_amax").GetDouble(), learned.Amax.grad!.item<float>(), 1e-4);
    }

    [Fact]
    public void With_a_frozen_or_a_learned_range_with_and_without_gradient_a_quantizer_gives_the_same_bits()
    {
        using var scope = NewDisposeScope();
        using var frozen = new TensorQuantizer("q", [0.7f]);
        using var learned = new LearnedQuantizer("q", [0.7f]);
        var x = randn(1000);
        var expected = frozen.Quantize(x);

        Tensor unlearned;
        using (no_grad())
        {
            unlearned = learned.Quantize(x);
        }

        Assert.All([frozen.Quantize(x.detach().clone().requires_grad_()), learned.Quantize(x.detach().clone().requires_grad_()), learned.Quantize(x), unlearned], values => Assert.True(expected.eq(values.detach()).all().item<bool>()));
    }

    [Fact]
    public void A_student_that_equals_its_teacher_has_no_gradient()
    {
        using var scope = NewDisposeScope();
        var teacher = new[] { ("heatmap", 2), ("reg", 2) }.ToDictionary(item => item.Item1, item => randn(1, item.Item2, 4, 4));
        var student = teacher.ToDictionary(item => item.Key, item => item.Value.clone().requires_grad_());
        var other = teacher.ToDictionary(item => item.Key, item => (item.Value + 0.5f).detach().requires_grad_());

        var loss = new DistillationLoss([1, 1, 1, 1, 1, 1, 1, 1, 0.2, 0.2]);

        var own = loss.Of(student, teacher);
        var worse = loss.Of(other, teacher);
        own.backward();

        Assert.Equal(0, own.item<float>(), 1e-6f);
        Assert.True(worse.item<float>() > 0.1f);
        Assert.True(student["heatmap"].grad!.abs().max().item<float>() < 1e-6f);
    }

    [Fact]
    public void A_teacher_cares_for_objects_not_for_empty_cells()
    {
        using var scope = NewDisposeScope();
        var teacher = new Dictionary<string, Tensor> { ["heatmap"] = full([1, 1, 32, 32], -4.6f), ["reg"] = zeros(1, 2, 32, 32) };
        teacher["heatmap"][0, 0, 5, 5] = 2;
        Tensor Loss(string output, Index cell, float off)
        {
            var student = teacher.ToDictionary(item => item.Key, item => item.Value.clone());
            student[output][0, 0, cell.Value, cell.Value] += off;
            return new DistillationLoss([1, 1, 1, 1, 1, 1, 1, 1, 0.2, 0.2]).Of(student, teacher);
        }

        Assert.True(Loss("heatmap", 5, -0.5f).item<float>() > 100 * Loss("heatmap", 9, -0.5f).item<float>());
        Assert.True(Loss("reg", 5, 0.1f).item<float>() > 1000 * Loss("reg", 9, 0.1f).item<float>());
        // A detection that the teacher does not have counts as much as one that is lost.
        Assert.True(Loss("heatmap", 9, 6.6f).item<float>() > Loss("heatmap", 5, -0.5f).item<float>());
    }

    private static long[] Shape() => [.. Golden.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];

    private static double[] Numbers(JsonElement values) => [.. values.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble())];

    private static float[] Floats(JsonElement values) => [.. Numbers(values).Select(value => (float)value)];
}
