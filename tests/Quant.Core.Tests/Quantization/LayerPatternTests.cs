using Quant.Core.Quantization;

namespace Quant.Core.Tests.Quantization;

public sealed class LayerPatternTests
{
    [Theory]
    [InlineData("pts_backbone", "pts_backbone.blocks.0.0", true)]
    [InlineData("pts_backbone.blocks.1", "pts_backbone.blocks.1.3", true)]
    [InlineData("pts_backbone.blocks.1", "pts_backbone.blocks.10.3", false)]
    [InlineData("pts_back", "pts_backbone.blocks.0.0", false)]
    [InlineData("pts_bbox_head.task_heads.*.heatmap", "pts_bbox_head.task_heads.0.heatmap.1", true)]
    [InlineData("*.heatmap", "pts_bbox_head.task_heads.0.heatmap.1", false)]
    [InlineData("**.heatmap", "pts_bbox_head.task_heads.0.heatmap.1", true)]
    [InlineData("**", "anything.at.all", true)]
    [InlineData("a.b", "axb", false)]
    [InlineData("blocks.(0", "blocks.(0", true)]
    public void A_pattern_matches_a_name_or_a_dotted_prefix(string pattern, string layer, bool expected) =>
        Assert.Equal(expected, new LayerPattern(pattern).Matches(layer));
}
