using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Training;

/// <summary>
/// The distance of a student's outputs from its teacher's, without labels: binary cross-entropy of the heatmap against the teacher's scores, and L1 of
/// every other output weighted by the teacher's best score in the cell, so that cells without objects count little.
/// </summary>
public static class DistillationLoss
{
    /// <summary>A scalar with gradient for the student.</summary>
    /// <param name="student">Head outputs by name, [B, C, H, W].</param>
    /// <param name="teacher">The same of the float model; no gradient flows into it.</param>
    public static Tensor Of(IReadOnlyDictionary<string, Tensor> student, IReadOnlyDictionary<string, Tensor> teacher)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        using var scope = NewDisposeScope();
        var total = student.Values.First().new_zeros([]);
        foreach (var (name, heatmap) in teacher.Where(output => output.Key.StartsWith("heatmap", StringComparison.Ordinal)))
        {
            var suffix = name["heatmap".Length..];
            var scores = heatmap.detach().sigmoid();
            var best = scores.amax([1], keepdim: true);
            var mass = best.sum().clamp(min: 1);
            var own = student[name];
            // Cross-entropy from logits; its minimum over the student is reached at the teacher's own logits.
            var entropy = (own.clamp(min: 0) - (own * scores)).Plus(nn.functional.softplus(-own.abs()));
            total = total.Plus(entropy.sum() / mass);
            foreach (var (other, value) in teacher.Where(output => output.Key != name && !output.Key.StartsWith("heatmap", StringComparison.Ordinal) && Suffix(output.Key) == suffix))
            {
                total = total.Plus(((student[other] - value.detach()).abs() * best).sum() / mass);
            }
        }

        return total.MoveToOuterDisposeScope();
    }

    private static string Suffix(string name) => name.IndexOf('_', StringComparison.Ordinal) is >= 0 and var index ? name[index..] : "";
}
