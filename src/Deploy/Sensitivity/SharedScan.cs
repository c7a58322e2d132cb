using Quant.Core.Models;

namespace Deploy.Sensitivity;

/// <summary>A scan whose layers replicas share, such as one on each GPU: replica i takes every n-th layer. A layer's errors do not depend on who scans it.</summary>
/// <param name="Rows">As of <see cref="LayerScan.Run"/>.</param>
/// <param name="WorkShare">Multiplications done by all, over those of a full pass for each layer and view.</param>
public sealed record SharedScan(IReadOnlyList<SensitivityRow> Rows, double WorkShare)
{
    /// <summary>Scans.</summary>
    /// <param name="replicas">The same model, on one device each.</param>
    /// <param name="layers">Names of the layers to scan.</param>
    /// <param name="frames">Calibration frames; with several replicas all are kept in memory.</param>
    public static SharedScan Run(IReadOnlyList<ScanReplica> replicas, IReadOnlyList<string> layers, IEnumerable<PillarBatch> frames)
    {
        ArgumentNullException.ThrowIfNull(replicas);
        ArgumentNullException.ThrowIfNull(layers);
        var shared = replicas.Count == 1 ? frames : [.. frames];
        var parts = Replicas.Run(replicas, (replica, index) =>
        {
            var scan = new LayerScan(replica.Model, replica.Switches);
            return (Scan: scan, Rows: scan.Run([.. layers.Where((_, layer) => layer % replicas.Count == index).Select(name => replica.Model[name])], shared));
        });
        var rows = parts.SelectMany(part => part.Rows.Skip(1)).ToLookup(row => row.Layer, StringComparer.Ordinal);
        return new SharedScan([parts[0].Rows[0], .. layers.SelectMany(name => rows[name])], parts.Sum(part => part.Scan.Executed) / parts.Sum(part => part.Scan.Naive));
    }
}
