using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Tests.Models;
using Quant.Core.Training;
using Testing;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Training;

public sealed class TrainerTests
{
    private static readonly DetectionLoss Loss = new([1, 1, 1, 1, 1, 1, 1, 1, 0.2, 0.2], 0.25);

    [Fact]
    public void A_few_steps_on_one_scene_lower_its_loss()
    {
        using var model = CenterPoint.Create(RandomModel.TwoTasks, 1, "test");
        using var weights = TrainableWeights.Of(model, _ => true, trainNorms: true, mixedPrecision: false);
        using var trainer = new Trainer(model, weights.Parameters, [], new TrainingOptions { StepsPerEpoch = 30, Epochs = 1, LearningRate = 3e-3, Schedule = "constant" });
        weights.FollowBatches(true);
        var losses = new List<double>();

        trainer.Epoch(0, Enumerable.Repeat(Batch(), 30), (outputs, batch) => Loss.Of(outputs, batch.Targets!), step => losses.Add(step.Loss), () => false);

        Assert.Equal(30, trainer.Step);
        Assert.True(losses[^1] < 0.5 * losses[0], $"{losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void Going_on_from_stored_moments_gives_the_bits_of_an_unbroken_training()
    {
        using var folder = new TempFolder();
        var whole = Train(folder.File("whole"), broken: false);
        var parts = Train(folder.File("parts"), broken: true);

        Assert.Equal(whole, parts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(5000)]
    public void Damaged_moments_are_refused_by_code_and_name_the_file(int length)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("moments.bin"), new byte[length]);
        using var model = CenterPoint.Create(RandomModel.TwoTasks, 1, "test");
        using var weights = TrainableWeights.Of(model, _ => true, trainNorms: true, mixedPrecision: false);
        using var trainer = new Trainer(model, weights.Parameters, [], new TrainingOptions { StepsPerEpoch = 1 });

        var refused = Assert.Throws<QuantException>(() => trainer.Load(folder.File("moments.bin"), 1));

        Assert.Equal("QNT0322", refused.Code);
        Assert.Equal(folder.File("moments.bin"), refused.Diagnostics[0].Location?.File);
    }

    [Fact]
    public void Frozen_layers_keep_their_weights()
    {
        using var model = CenterPoint.Create(RandomModel.TwoTasks, 1, "test");
        var name = model.Layers[^1].Name;
        var before = model[name].Weight.clone();
        using var weights = TrainableWeights.Of(model, layer => layer.Name != name, trainNorms: false, mixedPrecision: false);
        using var trainer = new Trainer(model, weights.Parameters, [], new TrainingOptions { StepsPerEpoch = 2, LearningRate = 1e-2 });

        trainer.Epoch(0, [Batch(), Batch()], (outputs, batch) => Loss.Of(outputs, batch.Targets!), _ => { }, () => false);

        Assert.True(before.eq(model[name].Weight).all().item<bool>());
        Assert.All(model.Layers.Where(layer => layer.Norm is not null), layer => Assert.True(layer.Norm!.Mean.eq(0).all().item<bool>()));
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_training_before_it_reaches_the_weights()
    {
        using var model = CenterPoint.Create(RandomModel.TwoTasks, 1, "test");
        using var weights = TrainableWeights.Of(model, _ => true, trainNorms: false, mixedPrecision: false);
        using var trainer = new Trainer(model, weights.Parameters, [], new TrainingOptions { StepsPerEpoch = 2 });

        var collapse = Assert.Throws<QuantException>(() => trainer.Epoch(0, [Batch()], (outputs, _) => outputs["heatmap_0"].sum() * float.NaN, _ => { }, () => false));

        Assert.Equal("QNT0320", collapse.Code);
        Assert.All(weights.Parameters, parameter => Assert.False(parameter.isnan().any().item<bool>()));
    }

    [Fact]
    public void An_exploding_loss_stops_the_training()
    {
        using var model = CenterPoint.Create(RandomModel.TwoTasks, 1, "test");
        using var weights = TrainableWeights.Of(model, _ => true, trainNorms: false, mixedPrecision: false);
        using var trainer = new Trainer(model, weights.Parameters, [], new TrainingOptions { StepsPerEpoch = 60, LearningRate = 1e-9 });
        var scale = 1.0;

        var collapse = Assert.Throws<QuantException>(() => trainer.Epoch(0, Enumerable.Repeat(Batch(), 60), (outputs, batch) => Loss.Of(outputs, batch.Targets!) * (scale *= 1.1), _ => { }, () => false));

        Assert.Equal("QNT0320", collapse.Code);
        Assert.InRange(trainer.Step, 21, 59);
    }

    [Theory]
    [InlineData("constant", 0.5, 1)]
    [InlineData("cosine", 0, 0.1)]
    [InlineData("cosine", 0.05, 1)]
    [InlineData("cosine", 1, 0.01)]
    [InlineData("one_cycle", 0, 0.1)]
    [InlineData("one_cycle", 0.3, 1)]
    [InlineData("one_cycle", 1, 1e-5)]
    public void Schedules_start_peak_and_end_where_they_say(string name, double progress, double rate) => Assert.Equal(rate, Schedule.Rate(name, 1, progress), 9);

    private static float[] Train(string file, bool broken)
    {
        var options = new TrainingOptions { StepsPerEpoch = 3, Epochs = 2, LearningRate = 1e-3 };
        var model = CenterPoint.Create(RandomModel.TwoTasks, 1, "test");
        var weights = TrainableWeights.Of(model, _ => true, trainNorms: true, mixedPrecision: false);
        var trainer = new Trainer(model, weights.Parameters, [], options);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            if (broken && epoch == 1)
            {
                trainer.Save(file);
                var state = model.ToTrainingState();
                trainer.Dispose();
                weights.Dispose();
                model.Dispose();
                model = CenterPoint.Load(state, RandomModel.TwoTasks, "stored");
                weights = TrainableWeights.Of(model, _ => true, trainNorms: true, mixedPrecision: false);
                trainer = new Trainer(model, weights.Parameters, [], options);
                trainer.Load(file, 3);
            }

            weights.FollowBatches(true);
            trainer.Epoch(epoch, Enumerable.Repeat(Batch(), 3), (outputs, batch) => Loss.Of(outputs, batch.Targets!), _ => { }, () => false);
        }

        float[] values = [.. model.ToTrainingState().SelectMany(item => item.Key.EndsWith("tracked", StringComparison.Ordinal) ? [] : item.Value.ToFloat32())];
        trainer.Dispose();
        weights.Dispose();
        model.Dispose();
        return values;
    }

    private static TrainingBatch Batch()
    {
        var random = new Random(3);
        var points = new PointCloud([.. Enumerable.Range(0, 400).SelectMany(_ => new[] { (random.NextSingle() * 16) - 8, (random.NextSingle() * 16) - 8, random.NextSingle(), 0.5f, 0 })], 5);
        var targets = TargetBuilder.Build([(0, new Box3D(1, 2, 0.5, 4, 2, 1.5, 0.3, 0, 0)), (2, new Box3D(-3, -4, 0.5, 0.6, 0.6, 1.7, 0, 1, 0))], RandomModel.TwoTasks, 0.1, 2);
        return new TrainingBatch(Voxelizer.Voxelize(points, RandomModel.TwoTasks), [targets]);
    }
}
