using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Deploy.Sensitivity;

/// <summary>Errors of head outputs against the float model's, summed over frames.</summary>
public sealed class OutputError
{
    private readonly Dictionary<string, (double Error, double Power)> outputs = new(StringComparer.Ordinal);
    private (double Sum, long Count) divergence;

    /// <summary>Squared error over power, mean of the outputs.</summary>
    public double Mse => outputs.Values.Average(item => item.Error / Math.Max(item.Power, double.Epsilon));

    /// <summary>In dB, mean of the outputs; an output without any error counts 200.</summary>
    public double Sqnr => outputs.Values.Average(item => item.Error > 0 ? 10 * Math.Log10(item.Power / item.Error) : 200);

    /// <summary>Bernoulli divergence of the heatmap's scores, mean of cells and classes, in nats.</summary>
    public double Kl => divergence.Count == 0 ? 0 : divergence.Sum / divergence.Count;

    /// <summary>Adds one frame.</summary>
    public void Add(IReadOnlyDictionary<string, Tensor> reference, IReadOnlyDictionary<string, Tensor> candidate)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(candidate);
        using var scope = NewDisposeScope();
        foreach (var (name, wanted) in reference)
        {
            var got = candidate[name];
            var before = outputs.GetValueOrDefault(name);
            outputs[name] = (before.Error + (got - wanted).Squared().sum().Number(), before.Power + wanted.Squared().sum().Number());
            if (name.StartsWith("heatmap", StringComparison.Ordinal))
            {
                // p·log(p/q) + (1 − p)·log((1 − p)/(1 − q)) from logits, where log p = −softplus(−x).
                var (p, a, b) = (wanted.sigmoid(), -wanted, -got);
                var terms = (p * (b.Softplus() - a.Softplus())).Plus(p.OneMinus() * ((-b).Softplus() - (-a).Softplus()));
                divergence = (divergence.Sum + terms.sum().Number(), divergence.Count + wanted.numel());
            }
        }
    }
}
