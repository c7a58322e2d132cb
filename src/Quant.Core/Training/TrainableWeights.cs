using Quant.Core.Models;
using TorchSharp;
using TorchSharp.Modules;

namespace Quant.Core.Training;

/// <summary>Makes layers trainable for as long as it lives. The model must be on its device already.</summary>
public sealed class TrainableWeights : IDisposable
{
    private readonly CenterPoint model;

    private TrainableWeights(CenterPoint model) => this.model = model;

    /// <summary>What the optimizer moves.</summary>
    public IReadOnlyList<Parameter> Parameters { get; private init; } = [];

    /// <summary>Turns weights and biases into parameters.</summary>
    /// <param name="model">The model.</param>
    /// <param name="trains">The layers to train; the others keep their weights.</param>
    /// <param name="trainNorms">True: norms train too and follow the batches. False: they are constants.</param>
    /// <param name="mixedPrecision">Convolutions and Linear compute in bfloat16, everything else and the weights stay float32.</param>
    public static TrainableWeights Of(CenterPoint model, Func<Layer, bool> trains, bool trainNorms, bool mixedPrecision)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(trains);
        var parameters = new List<Parameter>();
        Parameter Own(torch.Tensor tensor)
        {
            using var scope = torch.NewDisposeScope();
            var parameter = new Parameter(tensor.detach().clone(), requires_grad: true);
            parameter.DetachFromDisposeScope();
            parameters.Add(parameter);
            return parameter;
        }

        foreach (var layer in model.Layers.Where(layer => layer.HasWeight && trains(layer)))
        {
            var norm = trainNorms && layer.Norm is { } own ? own with { Weight = Own(own.Weight), Bias = Own(own.Bias), Mean = own.Mean.clone(), Variance = own.Variance.clone() } : layer.Norm;
            if (layer.Scale is { } scale)
            {
                layer.TrainScale(Own(scale.Factor));
            }

            layer.Replace(Own(layer.Weight), layer.Bias is null ? null : Own(layer.Bias), norm);
        }

        foreach (var layer in model.Layers)
        {
            layer.ComputeType = mixedPrecision ? torch.ScalarType.BFloat16 : null;
        }

        return new TrainableWeights(model) { Parameters = parameters };
    }

    /// <summary>Lets norms follow the batches, or not, as for an evaluation in between.</summary>
    public void FollowBatches(bool follow)
    {
        foreach (var layer in model.Layers)
        {
            layer.UsesBatchStatistics = follow && layer.Norm is not null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FollowBatches(false);
        foreach (var layer in model.Layers)
        {
            layer.ComputeType = null;
        }
    }
}
