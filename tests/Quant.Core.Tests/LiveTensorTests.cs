using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Calibration;
using Quant.Core.Tests.Models;
using Quant.Core.Training;
using Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests;

/// <summary>
/// After every public operation no tensor lives that did not live before. Counted is what this thread created and disposed: finalizers run on another thread,
/// so the garbage collector hides no leak, and tests beside this one do not count.
/// </summary>
public sealed class LiveTensorTests
{
    private static readonly ModelConfig Config = RandomModel.TwoTasks;
    private static readonly List<CalibrationFrame> Frames = EqualizerTests.Frames(Config, 3);

    private static readonly Dictionary<string, Action<CenterPoint>> Operations = new()
    {
        ["forward"] = model => DisposeAll(model.Forward(Frames[0].Pillars).Values),
        ["canvas"] = model => model.Canvas(Frames[0].Pillars).Dispose(),
        ["plan"] = model => Plan(model),
        ["state of a fused model"] = model => model.ToStateDict(),
        ["state of a training"] = model => model.ToTrainingState(),
        ["calibrate with max"] = Calibrate(new() { Method = "max" }),
        ["calibrate with mse"] = Calibrate(new() { AmaxMethod = "mse" }),
        ["calibrate with entropy"] = Calibrate(new() { Method = "entropy" }),
        ["calibrate with percentile"] = Calibrate(new() { AmaxMethod = "percentile" }),
        ["calibrate in two passes"] = Calibrate(new() { Binning = "two_pass" }),
        ["calibrate occupied cells"] = Calibrate(new() { ExcludeEmpty = true, ForegroundWeight = 4 }),
        ["calibrate on a grid"] = Calibrate(new() { Method = "grid", GridBatches = 2 }),
        ["weight ranges by error"] = model => Table(model, new() { Method = "max", WeightMethod = "mse" }),
        ["observe a shard"] = model => Calibrator.Observe(model, Plan(model), new() { Method = "max" }, Calibrator.BinsOf(new() { Method = "max" }), null, Frames),
        ["equalize"] = model => Equalizer.Apply(model, Plan(model), Equalizer.ChannelMaxima(model, Frames), 0.75),
        ["search alpha"] = model => AlphaSearch.Run(model.ToStateDict(), Config, Plan(model), new() { Calibration = new() { Method = "max" } }, Frames, CPU),
        ["correct biases"] = model => BiasCorrector.Run(model, Table(model), new(), Frames),
        ["correct biases on the empty map"] = model => BiasCorrector.RunOnEmptyMap(model, Table(model)),
        ["round adaptively"] = model => AdaptiveRounding.Run(model, Table(model), Frames, steps: 20),
        ["masks"] = model => DisposeAll(CellMasks.Occupied(model.Dense, Frames[0].Pillars, Config, CPU).Values.Distinct()),
        ["export float"] = model => Export(model, new() { Precision = OnnxPrecision.Fp32 }),
        ["export half"] = model => Export(model, new() { Precision = OnnxPrecision.Fp16 }),
        ["export int8"] = model => Export(model, new() { Precision = OnnxPrecision.Int8 }),
        ["export int8 levels"] = model => Export(model, new() { Precision = OnnxPrecision.Int8, PrequantizedWeights = true }),
        ["export for the CPU"] = model => CpuFormExporter.Export(ExportGraph.From(model.Dense), Table(model), new() { NonNegativeInput = true }),
        ["simulate int8"] = model => Simulate(model, learn: false),
        ["simulate learned ranges"] = model => Simulate(model, learn: true),
        ["train"] = model => Train(model, mixedPrecision: false),
        ["train in mixed precision"] = model => Train(model, mixedPrecision: true),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_leaves_no_tensor_behind(string name)
    {
        var before = Live();
        using (var model = EqualizerTests.Fused(Config))
        {
            var owned = Live();

            Operations[name](model);

            Assert.Equal(owned, Live());
        }

        Assert.Equal(before, Live());
    }

    [Fact]
    public void Loading_and_fusing_end_with_what_the_model_owns()
    {
        var before = Live();
        var model = CenterPoint.Load(RandomModel.StateDict(Config, 7), Config, "random.pth");
        var loaded = Live();
        BatchNormFolder.Fold(model.Layers);

        // A norm's four tensors become one bias.
        Assert.Equal(loaded - (3 * RandomModel.StateDict(Config, 7).Keys.Count(key => key.EndsWith("running_var", StringComparison.Ordinal))), Live());
        model.Dispose();
        Assert.Equal(before, Live());
    }

    [Fact]
    public void A_training_with_norms_and_a_teacher_leaves_nothing()
    {
        var before = Live();
        using (var teacher = CenterPoint.Create(Config, 2, "teacher"))
        using (var model = CenterPoint.Create(Config, 1, "student"))
        using (var weights = TrainableWeights.Of(model, _ => true, trainNorms: true, mixedPrecision: false))
        using (var trainer = new Trainer(model, weights.Parameters, [], new TrainingOptions { StepsPerEpoch = 2 }))
        {
            var distance = new DistillationLoss([1, 1, 1, 1, 1, 1, 1, 1, 0.2, 0.2]);
            weights.FollowBatches(true);
            trainer.Epoch(0, [.. Frames.Select(frame => new TrainingBatch(frame.Pillars, null))], (outputs, batch) => distance.Of(outputs, teacher.Forward(batch.Pillars)), _ => { }, () => false);
            model.ToTrainingState();
        }

        Assert.Equal(before, Live());
    }

    [Fact]
    public void An_operation_that_fails_half_way_leaves_nothing_either()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = Plan(model);
        model["pts_voxel_encoder.pfn_layers.1.linear"].Weight.zero_().Dispose();
        using var bias = model["pts_voxel_encoder.pfn_layers.1.linear"].Bias!.zero_();
        var owned = Live();

        Assert.Throws<QuantException>(() => Calibrator.Run(model, plan, new CalibrationConfig(), () => Frames));
        Assert.Throws<QuantException>(() => Calibrator.Run(model, plan, new CalibrationConfig(), () => Frames.Select((frame, index) => index == 2 ? throw new QuantException("QNT0803", "unreadable") : frame)));

        Assert.Equal(owned, Live());
    }

    [Fact]
    public void A_tensor_that_is_kept_is_counted()
    {
        var before = Live();
        using var kept = zeros(1);

        Assert.Equal(before + 1, Live());
    }

    private static long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static QuantizationPlan Plan(CenterPoint model) => QuantizationPlan.Create(model, new QuantizationConfig());

    private static Action<CenterPoint> Calibrate(CalibrationConfig config) => model => Table(model, config);

    private static QuantizerTable Table(CenterPoint model, CalibrationConfig? config = null)
    {
        config ??= new CalibrationConfig { Method = "max" };
        var plan = Plan(model);
        return Calibrator.Table(model, plan, Calibrator.Run(model, plan, config, () => Frames).Ranges, config.WeightMethod);
    }

    private static void Export(CenterPoint model, OnnxExportOptions options)
    {
        OnnxExporter.Export(ExportGraph.From(model.Encoder), options with { Precision = options.Precision == OnnxPrecision.Int8 ? OnnxPrecision.Fp16 : options.Precision });
        OnnxExporter.Export(ExportGraph.From(model.Dense), options, options.Precision == OnnxPrecision.Int8 ? Table(model) : null);
    }

    private static void Simulate(CenterPoint model, bool learn)
    {
        var table = Table(model);
        using var quantizers = QuantizedLayers.Attach(model, table, learn);
        DisposeAll(model.Forward(Frames[0].Pillars).Values);
        quantizers.Ranges(table);
    }

    private static void Train(CenterPoint model, bool mixedPrecision)
    {
        using var folder = new TempFolder();
        using var quantizers = QuantizedLayers.Attach(model, Table(model), learn: true);
        using var weights = TrainableWeights.Of(model, _ => true, trainNorms: false, mixedPrecision);
        var options = new TrainingOptions { StepsPerEpoch = 2, LearningRate = 1e-3 };
        var targets = TargetBuilder.Build([(0, new Box3D(1, 2, 0.5, 4, 2, 1.5, 0.3, 0, 0))], Config, 0.1, 2);
        var loss = new DetectionLoss([1, 1, 1, 1, 1, 1, 1, 1, 0.2, 0.2], 0.25);
        foreach (var epoch in new[] { 0, 1 })
        {
            using var trainer = new Trainer(model, weights.Parameters, [.. quantizers.Learned.Select(quantizer => quantizer.Amax)], options);
            if (epoch > 0)
            {
                trainer.Load(folder.File("moments"), 2);
            }

            trainer.Epoch(epoch, [.. Frames.Take(2).Select(frame => new TrainingBatch(frame.Pillars, [targets]))], (outputs, batch) => loss.Of(outputs, batch.Targets!), _ => { }, () => false);
            trainer.Save(folder.File("moments"));
        }
    }

    private static void DisposeAll(IEnumerable<Tensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            tensor.Dispose();
        }
    }
}
