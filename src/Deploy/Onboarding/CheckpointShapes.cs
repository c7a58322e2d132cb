using System.Text.RegularExpressions;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;

namespace Deploy.Onboarding;

/// <summary>The dimensions of a pillar CenterPoint that the shapes of its weights tell.</summary>
public sealed partial record CheckpointShapes
{
    /// <summary>Values of a decorated point.</summary>
    public required int DecoratedChannels { get; init; }

    /// <summary>Output width of each PFN layer.</summary>
    public required IReadOnlyList<int> FeatChannels { get; init; }

    /// <summary><c>SECOND</c> or <c>ConvNeXt_PC</c>.</summary>
    public required string Backbone { get; init; }

    /// <summary>Channels of each backbone stage.</summary>
    public required IReadOnlyList<int> StageChannels { get; init; }

    /// <summary>SECOND: convolutions of a stage after its first. ConvNeXt_PC: blocks of a stage.</summary>
    public required IReadOnlyList<int> StageDepths { get; init; }

    /// <summary>The stages that the neck reads.</summary>
    public required IReadOnlyList<int> OutIndices { get; init; }

    /// <summary>ConvNeXt_PC: the first stage that begins by halving the resolution.</summary>
    public int FirstDownsample { get; init; }

    /// <summary>ConvNeXt_PC: blocks have a layer scale.</summary>
    public bool HasLayerScale { get; init; }

    /// <summary>ConvNeXt_PC: stages with another kernel than 7×7, and the kernels.</summary>
    public IReadOnlyDictionary<int, int> LargeKernels { get; init; } = new Dictionary<int, int>();

    /// <summary>Channels of each neck branch.</summary>
    public required IReadOnlyList<int> NeckChannels { get; init; }

    /// <summary>Upsampling of each branch.</summary>
    public required IReadOnlyList<double> UpsampleStrides { get; init; }

    /// <summary>True: a branch of stride 1 is a Conv2d.</summary>
    public required bool UseConvForNoStride { get; init; }

    /// <summary>Channels of the head's shared convolution.</summary>
    public required int ShareConvChannel { get; init; }

    /// <summary>Channels inside a branch of the head.</summary>
    public required int HeadConv { get; init; }

    /// <summary>Kernel of a branch's convolutions.</summary>
    public required int FinalKernel { get; init; }

    /// <summary>Classes of each task.</summary>
    public required IReadOnlyList<int> TaskClasses { get; init; }

    /// <summary>Branches before the heatmap with their channels, in file order.</summary>
    public required IReadOnlyDictionary<string, int> CommonHeads { get; init; }

    /// <summary>Reads the shapes.</summary>
    /// <param name="state">The checkpoint's tensors.</param>
    /// <param name="file">To name in errors.</param>
    /// <exception cref="QuantException">QNT0221: the keys are not those of a pillar CenterPoint.</exception>
    public static CheckpointShapes Read(StateDict state, string file)
    {
        ArgumentNullException.ThrowIfNull(state);
        long[] Shape(string key, int rank) => state.TryGet(key, out var tensor) && tensor.Shape.Count == rank ? [.. tensor.Shape] : throw Unknown($"'{key}' is missing or not of rank {rank}");
        QuantException Unknown(string why) => new(DiagnosticCodes.NotAPillarCenterPoint, $"{why}; init reads pillar CenterPoint checkpoints of MMDetection3D and AWML (keys pts_voxel_encoder.*, pts_backbone.*, pts_neck.*, pts_bbox_head.*)", new SourceLocation(file));
        int Count(Regex pattern) => state.Keys.Select(key => pattern.Match(key)).Where(match => match.Success).Select(match => Small(match.Groups[1].Value) + 1).DefaultIfEmpty(0).Max();

        var pfn = Count(PfnKey());
        if (pfn == 0)
        {
            throw Unknown("there is no pts_voxel_encoder.pfn_layers.0.linear.weight");
        }

        var linears = Enumerable.Range(0, pfn).Select(index => Shape($"pts_voxel_encoder.pfn_layers.{index}.linear.weight", 2)).ToList();
        var branches = Enumerable.Range(0, Count(NeckKey())).Select(index => Shape($"pts_neck.deblocks.{index}.0.weight", 4)).ToList();
        var tasks = Count(TaskKey());
        if (branches.Count == 0 || tasks == 0)
        {
            throw Unknown(branches.Count == 0 ? "there is no pts_neck.deblocks.0.0.weight" : "there is no pts_bbox_head.task_heads.0.heatmap");
        }

        var backbone = Backbones(state, Shape) ?? throw Unknown("the backbone has neither SECOND's blocks nor ConvNeXt's stages");
        if (backbone.OutIndices.Count != branches.Count)
        {
            throw Unknown($"{backbone.OutIndices.Count} backbone outputs meet {branches.Count} branches of the neck");
        }

        var heads = state.Keys.Select(key => HeadKey().Match(key)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct().Where(name => name != "heatmap").ToList();
        var inner = Shape("pts_bbox_head.task_heads.0.heatmap.0.conv.weight", 4);
        var widths = backbone.OutIndices.Select(index => backbone.StageChannels[index]).ToList();
        var transposed = branches.Select((shape, index) => Transposed(shape, widths[index], state, index)).ToList();
        return new CheckpointShapes
        {
            DecoratedChannels = (int)linears[0][1],
            FeatChannels = [.. linears.Select((shape, index) => (int)(index == pfn - 1 ? shape[0] : 2 * shape[0]))],
            Backbone = backbone.Type,
            StageChannels = backbone.StageChannels,
            StageDepths = backbone.Depths,
            OutIndices = backbone.OutIndices,
            FirstDownsample = backbone.FirstDownsample,
            HasLayerScale = state.Keys.Any(key => key.EndsWith(".gamma", StringComparison.Ordinal)),
            LargeKernels = backbone.Kernels,
            NeckChannels = [.. branches.Select((shape, index) => (int)(transposed[index] ? shape[1] : shape[0]))],
            UpsampleStrides = [.. branches.Select((shape, index) => transposed[index] ? shape[2] : 1.0 / shape[2])],
            UseConvForNoStride = branches.Select((shape, index) => shape[2] == 1 && !transposed[index]).Any(conv => conv),
            ShareConvChannel = (int)Shape("pts_bbox_head.shared_conv.conv.weight", 4)[0],
            HeadConv = (int)inner[0],
            FinalKernel = (int)inner[2],
            TaskClasses = [.. Enumerable.Range(0, tasks).Select(task => (int)Shape($"pts_bbox_head.task_heads.{task}.heatmap.1.weight", 4)[0])],
            CommonHeads = heads.ToDictionary(name => name, name => (int)Shape($"pts_bbox_head.task_heads.0.{name}.1.weight", 4)[0]),
        };
    }

    private static (string Type, List<int> StageChannels, List<int> Depths, List<int> OutIndices, int FirstDownsample, Dictionary<int, int> Kernels)? Backbones(StateDict state, Func<string, int, long[]> shape)
    {
        var second = state.Keys.Select(key => SecondKey().Match(key)).Where(match => match.Success && state[match.Value].Shape.Count == 4)
            .GroupBy(match => Small(match.Groups[1].Value)).OrderBy(stage => stage.Key).ToList();
        if (second.Count > 0)
        {
            return ("SECOND", [.. second.Select(stage => (int)shape($"pts_backbone.blocks.{stage.Key}.0.weight", 4)[0])], [.. second.Select(stage => stage.Count() - 1)], [.. Enumerable.Range(0, second.Count)], 0, []);
        }

        var blocks = state.Keys.Select(key => ConvNextKey().Match(key)).Where(match => match.Success).GroupBy(match => Small(match.Groups[1].Value)).OrderBy(stage => stage.Key).ToList();
        if (blocks.Count == 0)
        {
            return null;
        }

        var depthwise = blocks.Select(stage => shape($"pts_backbone.stages.{stage.Key}.0.depthwise_conv.weight", 4)).ToList();
        return (
            "ConvNeXt_PC",
            [.. depthwise.Select(weight => (int)weight[0])],
            [.. blocks.Select(stage => stage.Count())],
            [.. Enumerable.Range(0, blocks.Count).Where(stage => state.TryGet($"pts_backbone.norm{stage}.weight", out _))],
            Enumerable.Range(0, blocks.Count).Where(stage => state.TryGet($"pts_backbone.downsample_layers.{stage}.1.weight", out _)).DefaultIfEmpty(blocks.Count).Min(),
            depthwise.Index().Where(item => item.Item[2] != 7).ToDictionary(item => item.Index, item => (int)item.Item[2]));
    }

    /// <summary>Which of the two a branch is shows in the channel order; where both sides are equal, in the norm's size it cannot show, and larger kernels upsample.</summary>
    private static bool Transposed(long[] shape, int width, StateDict state, int index)
    {
        if (shape[0] != shape[1])
        {
            var norm = state.TryGet($"pts_neck.deblocks.{index}.1.weight", out var weight) || state.TryGet($"pts_neck.deblocks.{index}.0.bias", out weight) ? weight.Shape[0] : -1;
            return norm == shape[1] || (norm != shape[0] && shape[0] == width);
        }

        return index > 0 && shape[2] > 1;
    }

    /// <summary>An index in a key; absurd ones do not overflow.</summary>
    private static int Small(string digits) => int.TryParse(digits, out var value) && value < 1000 ? value : 999;

    [GeneratedRegex(@"^pts_voxel_encoder\.pfn_layers\.(\d+)\.linear\.weight$")]
    private static partial Regex PfnKey();

    [GeneratedRegex(@"^pts_neck\.deblocks\.(\d+)\.0\.weight$")]
    private static partial Regex NeckKey();

    [GeneratedRegex(@"^pts_bbox_head\.task_heads\.(\d+)\.heatmap\.1\.weight$")]
    private static partial Regex TaskKey();

    [GeneratedRegex(@"^pts_bbox_head\.task_heads\.0\.([a-z_]+)\.1\.weight$")]
    private static partial Regex HeadKey();

    [GeneratedRegex(@"^pts_backbone\.blocks\.(\d+)\.\d+\.weight$")]
    private static partial Regex SecondKey();

    [GeneratedRegex(@"^pts_backbone\.stages\.(\d+)\.\d+\.depthwise_conv\.weight$")]
    private static partial Regex ConvNextKey();
}
