using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class AlphaSearchTests
{
    private static readonly QuantizationConfig Settings = new() { Calibration = new() { Method = "max" } };

    /// <summary>The same steps one by one, and the error from its definition, cell by cell.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_error_of_an_exponent_is_that_of_the_corrected_network_on_cells_that_are_decoded(int tasks)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var config = Config(tasks);
        var frames = EqualizerTests.Frames(config, 2);
        using var reference = EqualizerTests.Fused(config);
        var plan = QuantizationPlan.Create(reference, Settings);
        var done = 0;

        var errors = AlphaSearch.Run(reference.ToStateDict(), config, plan, Settings, frames, CPU, () => done++);

        Assert.Equal([0, 0.5, 0.75, 1], errors.Keys);
        Assert.Equal(4, done);
        foreach (var (alpha, error) in errors)
        {
            using var model = EqualizerTests.Fused(config);
            Equalizer.Apply(model, plan, Equalizer.ChannelMaxima(reference, frames), alpha);
            var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, Settings.Calibration, () => frames).Ranges);
            BiasCorrector.Run(model, table, Settings.BiasCorrection, frames);
            using var quantizers = QuantizedLayers.Attach(model, table);
            var wanted = frames.Average(frame => Error(reference.Forward(frame.Pillars), model.Forward(frame.Pillars), config.TestCfg.ScoreThreshold));
            Assert.Equal(wanted, error, 1e-5 * wanted);
            Assert.InRange(error, 1e-4, 1);
        }
    }

    [Fact]
    public void Where_nothing_is_decoded_no_exponent_is_better()
    {
        var config = Config(2) with { TestCfg = new() { ScoreThreshold = 1 } };
        using var model = EqualizerTests.Fused(config);
        var errors = AlphaSearch.Run(model.ToStateDict(), config, QuantizationPlan.Create(model, Settings), Settings, EqualizerTests.Frames(config, 1), CPU);
        Assert.All(errors.Values, error => Assert.Equal(0, error));
    }

    [Fact]
    public void Settings_are_needed()
    {
        var config = Config(1);
        using var model = EqualizerTests.Fused(config);
        var (state, plan) = (model.ToStateDict(), QuantizationPlan.Create(model, Settings));
        Assert.Throws<ArgumentNullException>("config", () => AlphaSearch.Run(state, null!, plan, Settings, [], CPU));
        Assert.Throws<ArgumentNullException>("quantization", () => AlphaSearch.Run(state, config, plan, null!, [], CPU));
    }

    /// <summary>About half of the cells score above the threshold.</summary>
    private static ModelConfig Config(int tasks)
    {
        var config = RandomModel.TwoTasks;
        config = config with { PtsBboxHead = config.PtsBboxHead with { Tasks = tasks == 1 ? [["car", "bus"]] : config.PtsBboxHead.Tasks } };
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(config);
        var scores = model.Forward(RandomModel.Pillars(config, 0)).Where(output => output.Key.StartsWith("heatmap", StringComparison.Ordinal)).Select(output => output.Value.sigmoid().amax([1]).flatten());
        return config with { TestCfg = config.TestCfg with { ScoreThreshold = cat([.. scores]).median().ToSingle() } };
    }

    private static double Error(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual, float threshold)
    {
        List<double> errors = [];
        foreach (var (name, output) in expected)
        {
            var at = name.LastIndexOf('_');
            var scores = Values(expected[at < 0 ? "heatmap" : $"heatmap{name[at..]}"].sigmoid());
            var heatmap = name.StartsWith("heatmap", StringComparison.Ordinal);
            var (reference, candidate) = (Values(heatmap ? output.sigmoid() : output), Values(heatmap ? actual[name].sigmoid() : actual[name]));
            var cells = (int)(output.shape[2] * output.shape[3]);
            var (difference, energy) = (0.0, 0.0);
            for (var i = 0; i < reference.Length; i++)
            {
                if (Enumerable.Range(0, scores.Length / cells).Any(channel => scores[(channel * cells) + (i % cells)] > threshold))
                {
                    difference += Math.Pow((double)candidate[i] - reference[i], 2);
                    energy += Math.Pow(reference[i], 2);
                }
            }

            errors.Add(Math.Sqrt(difference / energy));
        }

        return errors.Average();

        static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
    }
}
