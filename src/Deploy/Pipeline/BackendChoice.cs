using Deploy.Configuration;
using Deploy.Engines.TensorRt;
using Deploy.Engines.TensorRt.Bundles;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Which backend makes the engines, and why. Everything in it decides whether earlier engines are still the right ones.</summary>
/// <param name="Backend"><c>tensorrt</c> or <c>onnxruntime</c>.</param>
/// <param name="Reason">For people.</param>
internal sealed record BackendChoice(string Backend, string Reason)
{
    /// <summary>The program that builds here.</summary>
    public string? Trtexec { get; init; }

    /// <summary>Its version.</summary>
    public string? Tensorrt { get; init; }

    /// <summary>The GPU here; null when nothing names it.</summary>
    public GpuIdentity? Gpu { get; init; }

    /// <summary>A bundle that came back from a target device.</summary>
    public string? Bundle { get; init; }

    /// <summary>Digest of what the target left in it.</summary>
    public string? BundleDigest { get; init; }

    /// <summary>The config's choice; <c>auto</c> is TensorRT when trtexec is found.</summary>
    /// <exception cref="QuantException">QNT0910: trtexec is demanded or named and is not there. QNT0503, QNT0911: it cannot be used. QNT0508: the bundle was not run.</exception>
    public static BackendChoice Of(LoadedConfig loaded, Surroundings surroundings, CancellationToken cancel)
    {
        var config = loaded.Config.BackendConfig;
        if (config.Bundle is { } bundle)
        {
            return new BackendChoice("tensorrt", "engines were built on a target device; backend_config.bundle names its results") { Bundle = bundle, BundleDigest = BundleImport.Digest(bundle) };
        }

        if (config.Engine == "onnxruntime")
        {
            return new BackendChoice("onnxruntime", "backend_config.engine is onnxruntime");
        }

        var found = TrtexecLocator.Find(config.Trtexec, surroundings.Trtexec, surroundings.SearchPath);
        return (found, config.Engine) switch
        {
            ({ } path, _) => new BackendChoice("tensorrt", $"trtexec found: {path}")
            {
                Trtexec = path,
                Tensorrt = TrtexecCapabilities.For(TrtexecRunner.Version(path, cancel)).Version.ToString(),
                Gpu = GpuIdentity.Query(cancel),
            },
            (null, "auto") => new BackendChoice("onnxruntime", "trtexec was not found (backend_config.trtexec, TRTEXEC, PATH), so no TensorRT engine was built"),
            _ => throw new QuantException(
                DiagnosticCodes.TrtexecMissing,
                "backend_config.engine is tensorrt, but trtexec was not found on PATH; install TensorRT, set backend_config.trtexec, or use engine: auto",
                loaded.LocationOf("backend_config.engine")),
        };
    }
}
