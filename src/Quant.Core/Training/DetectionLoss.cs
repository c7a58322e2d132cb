using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Training;

/// <summary>
/// CenterPoint's losses: Gaussian focal loss on the heatmap (α 2, γ 4, divided by the number of peaks) and L1 on the ten box values at the
/// centres with a weight for each. Source: AWML <c>centerpoint_head.py</c>, <c>amp_gaussian_focal_loss.py</c>; CornerNet for the focal form.
/// </summary>
/// <param name="CodeWeights">Ten weights: reg 2, height, dim 3, rot 2, vel 2.</param>
/// <param name="BoxWeight">Of the L1 part, 0.25 in released models.</param>
public sealed record DetectionLoss(IReadOnlyList<double> CodeWeights, double BoxWeight)
{
    private const double Epsilon = 1e-4;
    private static readonly string[] Branches = ["reg", "height", "dim", "rot", "vel"];

    /// <summary>The loss of a batch: a scalar with gradient.</summary>
    /// <param name="outputs">Head outputs by name, [B, C, H, W].</param>
    /// <param name="targets">By frame, then by task.</param>
    public Tensor Of(IReadOnlyDictionary<string, Tensor> outputs, IReadOnlyList<IReadOnlyList<TaskTarget>> targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        using var scope = NewDisposeScope();
        var tasks = targets[0].Count;
        var total = outputs.Values.First().new_zeros([]);
        for (var task = 0; task < tasks; task++)
        {
            var suffix = tasks == 1 ? "" : $"_{task}";
            List<TaskTarget> frames = [.. targets.Select(frame => frame[task])];
            total = total.Plus(Heatmap(outputs["heatmap" + suffix], frames)).Plus(Boxes(outputs, suffix, frames).Times(BoxWeight));
        }

        return total.MoveToOuterDisposeScope();
    }

    /// <summary>−[t = 1]·(1 − p)²·log(p + ε) − (1 − t)⁴·p²·log(1 − p + ε), summed and divided by the number of peaks.</summary>
    private static Tensor Heatmap(Tensor logits, List<TaskTarget> frames)
    {
        var target = stack([.. frames.Select(frame => tensor(frame.Heatmap, logits.shape[1], logits.shape[2], logits.shape[3]))]).to(logits.device);
        var score = logits.to(ScalarType.Float32).sigmoid().Clipped(Epsilon, 1 - Epsilon);
        var peak = target.EqualTo(1).to(ScalarType.Float32);
        var positive = -score.Plus(Epsilon).log() * score.OneMinus().Squared() * peak;
        var negative = -score.OneMinus().Plus(Epsilon).log() * score.Squared() * target.OneMinus().Power(4) * peak.OneMinus();
        return positive.Plus(negative).sum() / peak.sum().AtLeast(1);
    }

    private Tensor Boxes(IReadOnlyDictionary<string, Tensor> outputs, string suffix, List<TaskTarget> frames)
    {
        var map = cat([.. Branches.Where(branch => outputs.ContainsKey(branch + suffix)).Select(branch => outputs[branch + suffix].to(ScalarType.Float32))], 1);
        var values = map.shape[1];
        var objects = frames.Sum(frame => frame.Cells.Length);
        if (objects == 0)
        {
            return map.new_zeros([]);
        }

        var cells = map.shape[2] * map.shape[3];
        var index = tensor(frames.Index().SelectMany(frame => frame.Item.Cells.Select(cell => (frame.Index * cells) + cell)).ToArray(), ScalarType.Int64).to(map.device);
        var target = tensor(frames.SelectMany(frame => frame.Boxes).ToArray(), [objects, TaskTarget.BoxValues]).to(map.device).slice(1, 0, values, 1);
        var predicted = map.permute(0, 2, 3, 1).reshape(-1, values).index_select(0, index);
        var known = target.isnan().logical_not().to(ScalarType.Float32);
        var weights = known * tensor(CodeWeights.Take((int)values).Select(weight => (float)weight).ToArray()).to(map.device);
        return ((predicted - target.nan_to_num()).abs() * weights).sum().Over(objects + Epsilon);
    }
}
