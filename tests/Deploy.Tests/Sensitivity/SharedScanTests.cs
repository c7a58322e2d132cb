using Deploy.Sensitivity;
using Quant.Core.Calibration;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;

namespace Deploy.Tests.Sensitivity;

public sealed class SharedScanTests
{
    [Fact]
    public void Replicas_that_share_the_layers_find_the_errors_of_one_to_the_bit()
    {
        PillarBatch[] frames = [RandomModel.Pillars(RandomModel.TwoTasks, 1), RandomModel.Pillars(RandomModel.TwoTasks, 2)];

        var (alone, shared) = (Scan(1, frames), Scan(3, frames));

        Assert.True(alone.Rows.Count > 8);
        Assert.Equal(alone.Rows, shared.Rows);
        Assert.True(shared.WorkShare > alone.WorkShare, "each replica runs the whole network once in float and once quantized");
    }

    private static SharedScan Scan(int count, PillarBatch[] frames)
    {
        var replicas = Enumerable.Range(0, count).Select(_ => Replica(frames)).ToList();
        try
        {
            return SharedScan.Run(replicas, [.. replicas[0].Switches.Layers.Select(layer => layer.Name)], frames);
        }
        finally
        {
            replicas.ForEach(replica => replica.Dispose());
        }
    }

    private static ScanReplica Replica(PillarBatch[] frames)
    {
        var model = CenterPoint.Load(RandomModel.StateDict(RandomModel.TwoTasks, 7), RandomModel.TwoTasks, "random.pth");
        BatchNormFolder.Fold(model.Layers);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var ranges = Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames.Select(frame => new CalibrationFrame("frame", frame))).Ranges;
        return new ScanReplica(model, Calibrator.Table(model, plan, ranges));
    }
}
