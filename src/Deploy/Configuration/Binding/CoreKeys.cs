using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Configuration.Binding;

/// <summary>
/// What the config says about the section records of Quant.Core, which know nothing of configs: description, range and allowed
/// values of each property. A test keeps the table complete.
/// </summary>
internal static class CoreKeys
{
    private const int MaxChannels = 65536;
    private const int MaxStages = 8;

    private static readonly Dictionary<(Type, string), Attribute[]> Table = new()
    {
        [(typeof(ModelConfig), nameof(ModelConfig.Type))] = [Text("Only CenterPoint."), OneOf("CenterPoint")],
        [(typeof(ModelConfig), nameof(ModelConfig.PointCloudRange))] =
            [Text("x_min, y_min, z_min, x_max, y_max, z_max in metres."), Count(6), Between(-1e5, 1e5)],
        [(typeof(ModelConfig), nameof(ModelConfig.VoxelSize))] = [Text("x, y, z in metres; z spans the whole range."), Count(3), Above(0, 1e5)],
        [(typeof(ModelConfig), nameof(ModelConfig.MaxNumPoints))] = [Text("Points kept in a pillar, the first in file order."), Between(1, 4096)],
        [(typeof(ModelConfig), nameof(ModelConfig.MaxVoxels))] =
        [
            Text("Pillars kept in a frame, the first in file order."),
            Between(1, 10_000_000),
            new AlsoAcceptsAttribute("AWML's [train, test]; the second counts", """{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}"""),
        ],
        [(typeof(ModelConfig), nameof(ModelConfig.PtsVoxelEncoder))] = [Text("The pillar feature net.")],
        [(typeof(ModelConfig), nameof(ModelConfig.PtsBackbone))] = [Text("The 2D backbone.")],
        [(typeof(ModelConfig), nameof(ModelConfig.PtsNeck))] = [Text("The feature pyramid.")],
        [(typeof(ModelConfig), nameof(ModelConfig.PtsBboxHead))] = [Text("The center head.")],
        [(typeof(ModelConfig), nameof(ModelConfig.TestCfg))] = [Text("Decoding and non-maximum suppression.")],

        [(typeof(VoxelEncoderConfig), nameof(VoxelEncoderConfig.Type))] =
            [Text("PillarFeatureNet (offsets x, y, z to the pillar centre) or BackwardPillarFeatureNet (x, y)."), OneOf("PillarFeatureNet", "BackwardPillarFeatureNet")],
        [(typeof(VoxelEncoderConfig), nameof(VoxelEncoderConfig.InChannels))] = [Text("Values of a point before decoration: as many as dataset.use_dim."), Between(3, 16)],
        [(typeof(VoxelEncoderConfig), nameof(VoxelEncoderConfig.FeatChannels))] =
            [Text("Output width of each PFN layer; all but the last compute half and append the pillar's maximum."), Count(1, MaxStages), Between(1, MaxChannels)],

        [(typeof(BackboneConfig), nameof(BackboneConfig.Type))] = [Text("SECOND or ConvNeXt_PC."), OneOf("SECOND", "ConvNeXt_PC")],
        [(typeof(BackboneConfig), nameof(BackboneConfig.InChannels))] = [Text("Channels of the canvas: the last of feat_channels."), Between(1, MaxChannels)],
        [(typeof(BackboneConfig), nameof(BackboneConfig.OutChannels))] = [Text("Channels of each stage. The first stage of ConvNeXt_PC has in_channels whatever stands here."), Count(1, MaxStages), Between(1, MaxChannels)],
        [(typeof(BackboneConfig), nameof(BackboneConfig.LayerNums))] = [Text("SECOND: convolutions of each stage after its first."), Count(1, MaxStages), Between(0, 100)],
        [(typeof(BackboneConfig), nameof(BackboneConfig.LayerStrides))] = [Text("SECOND: stride of each stage's first convolution."), Count(1, MaxStages), Between(1, 16)],
        [(typeof(BackboneConfig), nameof(BackboneConfig.Depths))] = [Text("ConvNeXt_PC: blocks of each stage."), Count(1, MaxStages), Between(1, 100)],
        [(typeof(BackboneConfig), nameof(BackboneConfig.OutIndices))] =
            [Text("ConvNeXt_PC: the stages that the neck reads, the last among them."), Count(1, MaxStages), Between(0, MaxStages - 1)],
        [(typeof(BackboneConfig), nameof(BackboneConfig.FirstDownsample))] =
            [Text("ConvNeXt_PC: the first stage that begins by halving the resolution; 1 keeps the canvas' in stage 0."), Between(0, MaxStages)],
        [(typeof(BackboneConfig), nameof(BackboneConfig.LayerScaleInitValue))] =
            [Text("ConvNeXt_PC: above 0 each block has a layer scale (gamma); the value matters to training only."), Between(0, 1000)],
        [(typeof(BackboneConfig), nameof(BackboneConfig.LargeArch))] = [Text("ConvNeXt_PC: stages with larger depthwise kernels than 7×7.")],
        [(typeof(LargeArchConfig), nameof(LargeArchConfig.Stages))] = [Text("Stage indices."), Count(1, MaxStages), Between(0, MaxStages - 1)],
        [(typeof(LargeArchConfig), nameof(LargeArchConfig.LargeKernelSizes))] = [Text("The odd kernel size of each of these stages."), Count(1, MaxStages), Between(1, 63)],

        [(typeof(NeckConfig), nameof(NeckConfig.Type))] = [Text("Only SECONDFPN."), OneOf("SECONDFPN")],
        [(typeof(NeckConfig), nameof(NeckConfig.OutChannels))] = [Text("Channels of each branch, one for each backbone stage."), Count(1, MaxStages), Between(1, MaxChannels)],
        [(typeof(NeckConfig), nameof(NeckConfig.UpsampleStrides))] =
            [Text("Above 1 a ConvTranspose2d with kernel = stride, below 1 a Conv2d with kernel = stride = 1/s."), Count(1, MaxStages), Above(0, 64)],
        [(typeof(NeckConfig), nameof(NeckConfig.UseConvForNoStride))] = [Text("At stride 1: true is a 1×1 Conv2d, false a 1×1 ConvTranspose2d.")],

        [(typeof(HeadConfig), nameof(HeadConfig.ShareConvChannel))] = [Text("Channels of the shared 3×3 convolution."), Between(1, MaxChannels)],
        [(typeof(HeadConfig), nameof(HeadConfig.HeadConv))] = [Text("Channels inside each branch."), Between(1, MaxChannels)],
        [(typeof(HeadConfig), nameof(HeadConfig.FinalKernel))] = [Text("Kernel of both convolutions of a branch; odd."), Between(1, 15)],
        [(typeof(HeadConfig), nameof(HeadConfig.Tasks))] =
        [
            Text("Class names of each task, in heatmap channel order; class_names is short for one task."),
            Count(1, 64),
            new AlsoAcceptsAttribute("AWML's [{num_class, class_names}, …]", """{"type":"array","items":{"type":"object"}}"""),
        ],
        [(typeof(HeadConfig), nameof(HeadConfig.OutSizeFactor))] = [Text("Canvas cells along one side of a head cell."), Between(1, 64)],
        [(typeof(HeadConfig), nameof(HeadConfig.CommonHeads))] =
        [
            Text("Branches before the heatmap, in state-dict order: name to output channels."),
            Between(1, 64),
            new AlsoAcceptsAttribute("AWML's name to [channels, 2 convolutions]", """{"type":"object"}"""),
        ],
        [(typeof(HeadConfig), nameof(HeadConfig.NormBbox))] = [Text("True when the dim branch holds log sizes.")],

        [(typeof(TestConfig), nameof(TestConfig.MaxNum))] = [Text("Candidates per class and per frame before suppression."), Between(1, 1_000_000)],
        [(typeof(TestConfig), nameof(TestConfig.ScoreThreshold))] = [Text("Candidates at or below this score are dropped."), Between(0, 1)],
        [(typeof(TestConfig), nameof(TestConfig.PostCenterLimitRange))] =
            [Text("Centres outside x_min, y_min, z_min, x_max, y_max, z_max (m) are dropped."), Count(6), Between(-1e6, 1e6)],
        [(typeof(TestConfig), nameof(TestConfig.NmsType))] = [Text("circle or rotate."), OneOf("circle", "rotate")],
        [(typeof(TestConfig), nameof(TestConfig.MinRadius))] =
        [
            Text("Circle: one value per task, compared with the squared distance (m²) as MMDetection3D does."),
            Between(0, 1e6),
            new AlsoAcceptsAttribute("one number for all tasks", """{"type":"number","minimum":0}"""),
        ],
        [(typeof(TestConfig), nameof(TestConfig.PostMaxSize))] = [Text("Detections kept in a frame and task."), Between(1, 1_000_000)],
        [(typeof(TestConfig), nameof(TestConfig.PreMaxSize))] = [Text("Rotate: candidates that enter suppression."), Between(1, 1_000_000)],
        [(typeof(TestConfig), nameof(TestConfig.NmsThr))] = [Text("Rotate: boxes with a larger bird's-eye IoU are suppressed."), Between(0, 1)],

        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Enabled))] = [Text("False: only the FP32 and FP16 models are made.")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Mode))] = [Text("ptq or qat."), OneOf("ptq", "qat")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Table))] =
            [Text("A quantization.json, edited or not: its ranges are used and nothing is calibrated; layers that it switches off stay float."), new ConfigPathAttribute()],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Calibration))] = [Text("How ranges are found.")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Fusion))] = [Text("Batch norm folding before quantization.")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Equalization))] = [Text("Exact channel scaling across conv → ReLU → conv before calibration.")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.BiasCorrection))] = [Text("Shifts biases by the mean output error, layer by layer.")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Quantize))] =
            [Text("Patterns of the layers to quantize: a name or any dotted prefix of it; * stops at a dot, ** does not.")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.QuantizeKinds))] =
        [
            Text("Kinds of layers to quantize; Add is the sum of a residual block, with one scale for its operands."),
            Count(0, 5),
            OneOf("Conv2d", "ConvTranspose2d", "Linear", "DepthwiseConv2d", "Add"),
        ],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.SensitiveLayers))] = [Text("Patterns of the layers kept in FP16.")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.InputScaling))] =
            [Text("Scaling of each input channel of Linear layers: auto where channels differ in range by more than 10×."), OneOf("auto", "true", "false")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.WeightRounding))] =
            [Text("adaround rounds each weight up or down so that its layer's output error is smallest (learned on calibration frames)."), OneOf("nearest", "adaround")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.DeconvWeight))] =
            [Text("Weight scales of ConvTranspose2d: per_tensor works with every TensorRT version."), OneOf("per_tensor", "per_channel")],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Qat))] = [Text("Training with fake quantization, for mode qat and deploy qat.")],
        [(typeof(QatConfig), nameof(QatConfig.Epochs))] = [Text("Passes over the training frames."), Between(1, 1000)],
        [(typeof(QatConfig), nameof(QatConfig.Lr))] = [Text("Peak learning rate; 1e-4 is known to degrade CenterPoint."), Above(0, 1)],
        [(typeof(QatConfig), nameof(QatConfig.Schedule))] = [Text("Of the learning rate."), OneOf("constant", "cosine", "one_cycle")],
        [(typeof(QatConfig), nameof(QatConfig.FreezeBn))] = [Text("Always true in effect: norms are folded before quantization.")],
        [(typeof(QatConfig), nameof(QatConfig.CalibrationEpoch))] = [Text("Ranges are calibrated before this epoch; only 0."), Between(0, 0)],
        [(typeof(QatConfig), nameof(QatConfig.FreezeUnquantized))] = [Text("Layers without quantizers keep their weights; left free, they drift past the frozen ranges.")],
        [(typeof(QatConfig), nameof(QatConfig.BatchSize))] = [Text("Frames of a step."), Between(1, 4096)],
        [(typeof(QatConfig), nameof(QatConfig.LearnStepSize))] = [Text("Train the ranges with the weights (LSQ) instead of freezing them.")],
        [(typeof(QatConfig), nameof(QatConfig.RangeRate))] = [Text("With learn_step_size: how fast ranges move, relative to their size, as a multiple of lr."), Between(0d, 1e6)],
        [(typeof(QatConfig), nameof(QatConfig.Teacher))] = [Text("The float model teaches and no labels are needed unless label_weight is above 0; else labels do.")],
        [(typeof(QatConfig), nameof(QatConfig.LabelWeight))] = [Text("With a teacher: weight of the labels' loss beside the teacher's."), Between(0d, 1e6)],
        [(typeof(QuantizationConfig), nameof(QuantizationConfig.Precision))] = [Text("Precision at the borders of the quantized part.")],

        [(typeof(CalibrationConfig), nameof(CalibrationConfig.NumBatches))] =
            [Text("Upper bound of the batches read; fewer than 8 frames is a warning, none an error."), Between(1, int.MaxValue)],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.BatchSize))] = [Text("Frames in a batch."), Between(1, 1024)],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.Method))] = [Text("entropy is histogram with amax_method entropy; grid takes the share of the maximum with the smallest error of the layers' outputs."), OneOf("max", "histogram", "entropy", "grid")],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.AmaxMethod))] =
            [Text("How a histogram's range is chosen; max means method max."), OneOf("mse", "entropy", "percentile", "max")],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.NumBins))] = [Text("Bins of the first range."), Between(128, 1 << 20)],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.Binning))] =
            [Text("compat: bins grow at the first batch's width, as pytorch-quantization; two_pass: independent of order."), OneOf("compat", "two_pass")],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.Percentile))] = [Text("For amax_method percentile."), Above(0, 100)],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.GridBatches))] = [Text("For method grid: batches on which output errors are compared."), Between(1, 100_000)],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.WeightMethod))] = [Text("Weight ranges: the largest magnitude, or the smallest squared error of each channel."), OneOf("max", "mse")],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.ExcludeEmpty))] = [Text("Leave out cells whose receptive field holds no pillar; they are a constant that bias correction removes.")],
        [(typeof(CalibrationConfig), nameof(CalibrationConfig.ForegroundWeight))] =
            [Text("How often a cell near a detection of the float model counts in histograms; 1 counts all alike, more costs a second forward pass."), Between(1, 1000)],

        [(typeof(FusionConfig), nameof(FusionConfig.FuseBn))] = [Text("Fold every norm into its layer before quantization.")],
        [(typeof(EqualizationConfig), nameof(EqualizationConfig.Enabled))] = [Text("Needs bias correction.")],
        [(typeof(EqualizationConfig), nameof(EqualizationConfig.Alpha))] = [Text("0 (none) to 1 (full), or auto: the value with the least output error.")],
        [(typeof(BiasCorrectionConfig), nameof(BiasCorrectionConfig.Enabled))] = [Text("The largest single gain on BEV maps.")],
        [(typeof(BiasCorrectionConfig), nameof(BiasCorrectionConfig.Source))] =
            [Text("frames, or empty_map: corrects the constant response of empty cells alone, without any frame."), OneOf("frames", "empty_map")],
        [(typeof(BiasCorrectionConfig), nameof(BiasCorrectionConfig.NumBatches))] = [Text("Upper bound of the calibration frames it uses."), Between(1, int.MaxValue)],
        [(typeof(BiasCorrectionConfig), nameof(BiasCorrectionConfig.MemoryGb))] =
            [Text("Memory for the activations of all frames, GiB; fewer frames are used when they do not fit."), Above(0, 65536)],
        [(typeof(PrecisionConfig), nameof(PrecisionConfig.DefaultInput))] = [Text("Only int8."), OneOf("int8")],
        [(typeof(PrecisionConfig), nameof(PrecisionConfig.DefaultWeight))] = [Text("Only int8."), OneOf("int8")],
        [(typeof(PrecisionConfig), nameof(PrecisionConfig.FirstLayerInput))] = [Text("fp16 keeps the first layer of the backbone float."), OneOf("int8", "fp16")],
        [(typeof(PrecisionConfig), nameof(PrecisionConfig.LastLayerOutput))] =
            [Text("fp16: no Q after a head's last convolution, which is quantized itself."), OneOf("fp16", "int8")],
    };

    /// <summary>The attributes that a property of Core would carry; null when the table does not know it.</summary>
    public static IReadOnlyList<Attribute>? Of(Type record, string property) => Table.GetValueOrDefault((record, property));

    private static DescriptionAttribute Text(string text) => new(text);

    private static AllowedValuesAttribute OneOf(params string[] values) => new([.. values]);

    private static LengthAttribute Count(int exact) => new(exact, exact);

    private static LengthAttribute Count(int least, int most) => new(least, most);

    private static RangeAttribute Between(double least, double most) => new(least, most);

    private static RangeAttribute Above(double least, double most) => new(least, most) { MinimumIsExclusive = true };
}
