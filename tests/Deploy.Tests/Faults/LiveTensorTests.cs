using Deploy.Configuration;
using Deploy.Engines;
using Deploy.Output;
using Deploy.Pipeline;
using Deploy.Sensitivity;
using Deploy.Tests.Commands;
using Quant.Core.Calibration;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using Testing;
using TorchSharp;

namespace Deploy.Tests.Faults;

/// <summary>No tensor lives after an operation that did not live before, counted on the thread that runs it.</summary>
[Collection("faults")]
public sealed class LiveTensorTests
{
    private static readonly ModelConfig Config = RandomModel.TwoTasks;
    private static readonly PillarBatch[] Frames = [RandomModel.Pillars(Config, 1), RandomModel.Pillars(Config, 2)];

    [Fact]
    public void A_scan_of_all_layers_leaves_nothing() => LeavesNothing(model =>
    {
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var ranges = Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => Frames.Select(frame => new CalibrationFrame("frame", frame))).Ranges;
        using var quantizers = QuantizedLayers.Attach(model, Calibrator.Table(model, plan, ranges));
        var switches = new LayerSwitches(model);

        Assert.NotEmpty(new LayerScan(model, switches).Run(switches.Layers, Frames));
    });

    [Fact]
    public void Detecting_with_libtorch_leaves_nothing() => LeavesNothing(model =>
    {
        using var detector = new TorchDetector("fp32", model);
        Assert.NotEmpty(detector.Run(Frames[0]));
    });

    [Fact]
    public void The_whole_job_leaves_nothing()
    {
        using var folder = new TempFolder();
        using var log = new RunLog(Terminal.Create(TextWriter.Null, interactive: false), Verbosity.Quiet, TimeProvider.System);
        using var work = WorkDirectory.Open(folder.Path);
        var context = new PipelineContext
        {
            Loaded = ConfigLoader.Load(DeployRunner.SampleConfig, [$"work_dir={folder.Path}", "device=cpu", .. SmallJob.Overrides]),
            Work = work,
            Log = log,
            Device = torch.CPU,
            Surroundings = new Surroundings(TorchFixture.Search, null, "", false, false),
        };
        var before = Live();

        PipelineRunner.Run(context, null, Stage.Report, force: false);

        Assert.Equal(before, Live());
    }

    private static void LeavesNothing(Action<CenterPoint> operation)
    {
        var before = Live();
        using (var model = CenterPoint.Load(RandomModel.StateDict(Config, 7), Config, "random.pth"))
        {
            BatchNormFolder.Fold(model.Layers);
            var owned = Live();

            operation(model);

            Assert.Equal(owned, Live());
        }

        Assert.Equal(before, Live());
    }

    private static long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
