using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Training;

/// <summary>
/// The distance of a student's outputs from its teacher's, without labels, 0 when they are equal: Kullback-Leibler divergence of each cell's and class's
/// score, and L1 of every other output. Of a map's cells thousands are empty, with scores of about 0.01, and their sum would drown the objects. So a score
/// counts by the larger of the teacher's and the student's, and boxes count by the square of the teacher's best score in the cell.
/// </summary>
/// <param name="CodeWeights">Ten weights of the L1 part: reg 2, height, dim 3, rot 2, vel 2.</param>
public sealed record DistillationLoss(IReadOnlyList<double> CodeWeights)
{
    private static readonly Dictionary<string, int> FirstCode = new(StringComparer.Ordinal) { ["reg"] = 0, ["height"] = 2, ["dim"] = 3, ["rot"] = 6, ["vel"] = 8 };

    /// <summary>A scalar with gradient for the student.</summary>
    /// <param name="student">Head outputs by name, [B, C, H, W].</param>
    /// <param name="teacher">The same of the float model; no gradient flows into it.</param>
    public Tensor Of(IReadOnlyDictionary<string, Tensor> student, IReadOnlyDictionary<string, Tensor> teacher)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        using var scope = NewDisposeScope();
        var total = student.Values.First().new_zeros([], ScalarType.Float32);
        foreach (var (name, heatmap) in teacher.Where(output => Branch(output.Key) == "heatmap"))
        {
            var (wanted, own) = (heatmap.detach().to(ScalarType.Float32), student[name].to(ScalarType.Float32));
            var scores = wanted.sigmoid();
            var weight = scores.amax([1], keepdim: true).Squared();
            var mass = weight.sum().AtLeast(1);
            var divergence = CrossEntropy(own, scores) - CrossEntropy(wanted, scores);
            total = total.Plus((divergence * scores.maximum(own.detach().sigmoid())).sum() / mass);
            foreach (var (other, value) in teacher.Where(output => FirstCode.ContainsKey(Branch(output.Key)) && Suffix(output.Key) == Suffix(name)))
            {
                var difference = (student[other].to(ScalarType.Float32) - value.detach().to(ScalarType.Float32)).abs();
                total = total.Plus((difference * weight * Codes(other, difference)).sum() / mass);
            }
        }

        return total.MoveToOuterDisposeScope();
    }

    /// <summary>From logits, without overflow.</summary>
    private static Tensor CrossEntropy(Tensor logits, Tensor scores) => logits.Softplus() - (logits * scores);

    private Tensor Codes(string name, Tensor like) =>
        tensor(CodeWeights.Skip(FirstCode[Branch(name)]).Take((int)like.shape[1]).Select(code => (float)code).ToArray(), [1, like.shape[1], 1, 1]).to(like.device);

    private static string Branch(string name) => name.Split('_')[0];

    private static string Suffix(string name) => name[Branch(name).Length..];
}
