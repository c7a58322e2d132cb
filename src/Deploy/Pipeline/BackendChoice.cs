using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Which backend builds the engines, and why.</summary>
/// <param name="Backend"><c>tensorrt</c> or <c>onnxruntime</c>.</param>
/// <param name="Reason">For people.</param>
/// <param name="Trtexec">The program's path for TensorRT.</param>
internal sealed record BackendChoice(string Backend, string Reason, string? Trtexec)
{
    /// <summary>The config's choice; <c>auto</c> is TensorRT when trtexec is found.</summary>
    /// <exception cref="QuantException">QNT0910: the config demands TensorRT and trtexec is not found.</exception>
    public static BackendChoice Of(PipelineContext context)
    {
        var config = context.Config.BackendConfig;
        if (config.Engine == "onnxruntime")
        {
            return new BackendChoice("onnxruntime", "backend_config.engine is onnxruntime", null);
        }

        var trtexec = Find(config.Trtexec ?? context.Surroundings.Trtexec, context.Surroundings.SearchPath);
        return (trtexec, config.Engine) switch
        {
            ({ } path, _) => new BackendChoice("tensorrt", $"trtexec found: {path}", path),
            (null, "auto") => new BackendChoice("onnxruntime", "trtexec was not found (backend_config.trtexec, TRTEXEC, PATH), so no TensorRT engine was built", null),
            _ => throw new QuantException(
                DiagnosticCodes.TrtexecMissing,
                $"backend_config.engine is tensorrt, but trtexec was not found{(config.Trtexec ?? context.Surroundings.Trtexec) switch { null => " on PATH", var path => $" at {path}" }}; install TensorRT, set backend_config.trtexec, or use engine: auto",
                context.Loaded.LocationOf("backend_config.engine")),
        };
    }

    private static string? Find(string? given, string searchPath)
    {
        if (given is not null)
        {
            return File.Exists(given) ? Path.GetFullPath(given) : null;
        }

        var name = OperatingSystem.IsWindows() ? "trtexec.exe" : "trtexec";
        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
