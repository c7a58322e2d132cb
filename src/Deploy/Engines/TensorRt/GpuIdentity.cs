using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>The GPU that engines are built for: an engine fits one model of GPU.</summary>
/// <param name="Name">Such as <c>NVIDIA H100 PCIe</c>.</param>
/// <param name="Driver">Version of its driver.</param>
public sealed record GpuIdentity(string Name, string Driver)
{
    /// <summary>Asks nvidia-smi for the first GPU; null when there is none or it does not answer.</summary>
    public static GpuIdentity? Query(CancellationToken cancel, string nvidiaSmi = "nvidia-smi")
    {
        try
        {
            var run = TrtexecRunner.Run(nvidiaSmi, ["--query-gpu=name,driver_version", "--format=csv,noheader"], new TrtexecRunOptions { Timeout = TimeSpan.FromSeconds(20) }, cancel);
            return run is { ExitCode: 0, TimedOut: false } && run.Log.Split('\n')[0].Split(", ") is [{ Length: > 0 } name, { Length: > 0 } driver] ? new GpuIdentity(name.Trim(), driver.Trim()) : null;
        }
        catch (QuantException)
        {
            // No nvidia-smi: an ordinary state of a machine, which the result tells as an unknown GPU.
            return null;
        }
    }
}
