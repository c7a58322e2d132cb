using Deploy.Configuration;

namespace Deploy.Pipeline;

/// <summary>Estimates of what a deployment needs of its machine; a run may need half as much or half as much again.</summary>
/// <param name="MemoryBytes">Main memory of a run on the CPU.</param>
/// <param name="DiskBytes">Files of the work directory.</param>
public sealed record ResourceNeeds(long MemoryBytes, long DiskBytes)
{
    /// <summary>Estimates from the config alone.</summary>
    /// <param name="config">Canvas, channels and the memory that bias correction may take.</param>
    /// <param name="checkpointBytes">Size of the checkpoint; 0 when it is not there.</param>
    public static ResourceNeeds Of(DeployConfig config, long checkpointBytes)
    {
        ArgumentNullException.ThrowIfNull(config);
        var model = config.Model;
        var canvas = (double)model.GridX * model.GridY;
        var strides = model.PtsBackbone.OutputStrides;
        var head = canvas / (model.PtsBboxHead.OutSizeFactor * (double)model.PtsBboxHead.OutSizeFactor);
        // The widest moment of a pass: the canvas and two values of the first stage, or the pyramid's branches, their join and the head's shared map.
        var stages = model.PtsBackbone.OutputChannels.Zip(strides, (channels, stride) => canvas / ((double)stride * stride) * channels).ToList();
        var begin = (canvas * model.PtsBackbone.InChannels) + (2 * stages[0]);
        var end = stages[^1] + (head * ((2 * model.PtsNeck.OutChannels.Sum()) + (2 * model.PtsBboxHead.ShareConvChannel)));
        var frame = 4 * Math.Max(begin, end);
        var pillars = 4.0 * model.MaxVoxels * model.MaxNumPoints * (model.PtsVoxelEncoder.DecoratedChannels + (2 * model.PtsVoxelEncoder.FeatChannels.Max()));
        // libtorch and ONNX Runtime: half a GiB of code and caches, and a pass each.
        var passes = (2 * frame) + (2 * pillars);
        var correction = config.Quantization is { Enabled: true, BiasCorrection.Enabled: true } ? config.Quantization.BiasCorrection.MemoryGb * (1L << 30) : 0;
        return new ResourceNeeds((long)(passes + correction + (1L << 29)), (10 * checkpointBytes) + (64L << 20));
    }
}
