using Quant.Core.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Quant.Core.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2; β 0.9 and 0.999, ε 1e-8, as PyTorch's defaults) over two groups. Weights decay and move
/// by the rate. Ranges are positive and of any size, so they take the same algorithm on their logarithm: a rate of 0.01 moves a range by one per cent at most,
/// be it 0.02 or 50, and nothing pulls them to zero. The moments of a group are one vector each.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;
    private readonly IReadOnlyList<Group> groups;

    /// <param name="weights">Decay and move by the rate.</param>
    /// <param name="ranges">Move relatively, without decay.</param>
    /// <param name="weightDecay">Part of a weight that a rate of 1 would remove.</param>
    public AdamW(IReadOnlyList<Parameter> weights, IReadOnlyList<Parameter> ranges, double weightDecay)
    {
        groups = [.. weights.Count > 0 ? new Group[] { new(weights, weightDecay, false) } : [], .. ranges.Count > 0 ? new Group[] { new(ranges, 0, true) } : []];
    }

    /// <summary>Updates done so far.</summary>
    public int Step { get; private set; }

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var parameter in groups.SelectMany(group => group.Parameters))
        {
            using var gradient = parameter.grad;
            gradient?.zero_();
        }
    }

    /// <summary>One update, unless a gradient is not finite.</summary>
    /// <param name="rate">Of the weights.</param>
    /// <param name="rangeRate">Of the ranges' logarithms.</param>
    /// <param name="clipNorm">Gradients of a larger L2 norm, over all groups, are scaled down to it.</param>
    /// <returns>The norm before that.</returns>
    public double Update(double rate, double rangeRate, double clipNorm)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var gradients = groups.Select(group => group.Gradient()).ToList();
        var norm = Math.Sqrt(gradients.Sum(gradient => gradient.Squared().sum().Number()));
        if (!double.IsFinite(norm))
        {
            return norm;
        }

        Step++;
        var clip = Math.Min(1, clipNorm / (norm + 1e-6));
        foreach (var (group, gradient) in groups.Zip(gradients))
        {
            group.Move(gradient.Times(clip), Step, group.Relative ? rangeRate : rate);
        }

        return norm;
    }

    /// <summary>The moments, for <see cref="Load"/>.</summary>
    public void Save(string path)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write(Step);
        foreach (var moment in groups.SelectMany(group => new[] { group.Mean, group.Square }))
        {
            using var host = moment.cpu();
            file.Write(moment.numel());
            file.Write(host.bytes);
        }
    }

    /// <summary>Reads the moments back.</summary>
    /// <param name="path">Of <see cref="Save"/>, of the same parameters.</param>
    /// <exception cref="InvalidDataException">It holds another number of values.</exception>
    public void Load(string path)
    {
        using var file = new BinaryReader(File.OpenRead(path));
        Step = file.ReadInt32();
        foreach (var moment in groups.SelectMany(group => new[] { group.Mean, group.Square }))
        {
            using var host = zeros(moment.shape);
            if (file.ReadInt64() != moment.numel() || file.Read(host.bytes) != moment.numel() * sizeof(float))
            {
                throw new InvalidDataException($"{path} does not hold the moments of this training");
            }

            moment.copy_(host);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in groups)
        {
            group.Dispose();
        }
    }

    private sealed record Group(IReadOnlyList<Parameter> Parameters, double Decay, bool Relative) : IDisposable
    {
        public Tensor Mean { get; } = Zeros(Parameters);

        public Tensor Square { get; } = Zeros(Parameters);

        /// <summary>All gradients as one vector; of the logarithm where the group moves relatively.</summary>
        public Tensor Gradient()
        {
            var all = cat([.. Parameters.Select(parameter => (parameter.grad ?? zeros_like(parameter)).reshape(-1))]);
            return Relative ? all * Values() : all;
        }

        public void Move(Tensor gradient, int step, double rate)
        {
            Mean.TimesInPlace(Beta1).PlusInPlace(gradient.Times(1 - Beta1));
            Square.TimesInPlace(Beta2).PlusInPlace(gradient.Squared().Times(1 - Beta2));
            var direction = Mean.Over(1 - Math.Pow(Beta1, step)) / Square.Over(1 - Math.Pow(Beta2, step)).sqrt().Plus(Epsilon);
            var values = Values();
            var moved = Relative ? values * direction.Times(-rate).exp() : values.Times(1 - (rate * Decay)).Plus(direction.Times(-rate));
            var offset = 0L;
            foreach (var parameter in Parameters)
            {
                parameter.copy_(moved.narrow(0, offset, parameter.numel()).view(parameter.shape));
                offset += parameter.numel();
            }
        }

        public void Dispose()
        {
            Mean.Dispose();
            Square.Dispose();
        }

        private Tensor Values() => cat([.. Parameters.Select(parameter => parameter.reshape(-1))]);

        private static Tensor Zeros(IReadOnlyList<Parameter> parameters)
        {
            using var _ = NewDisposeScope();
            return zeros(parameters.Sum(parameter => parameter.numel()), device: parameters.Count == 0 ? CPU : parameters[0].device).DetachFromDisposeScope();
        }
    }
}
