using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Sensitivity;

/// <summary>A model on one device with a table's quantizers on it and switches for them; it owns the model.</summary>
public sealed class ScanReplica : IDisposable
{
    private readonly QuantizedLayers attached;

    /// <summary>Attaches the quantizers.</summary>
    public ScanReplica(CenterPoint model, QuantizerTable table)
    {
        Model = model;
        attached = QuantizedLayers.Attach(model, table);
        Switches = new LayerSwitches(model);
    }

    /// <summary>On its device.</summary>
    public CenterPoint Model { get; }

    /// <summary>Of its quantizers.</summary>
    public LayerSwitches Switches { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Switches.SetAll(_ => true);
        attached.Dispose();
        Model.Dispose();
    }
}
