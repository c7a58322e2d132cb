using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>The <c>backend_config</c> section: what builds and runs engines.</summary>
public sealed record BackendConfig
{
    /// <summary>auto is tensorrt when trtexec is found, else onnxruntime; results say which ran.</summary>
    [Description("auto is tensorrt when trtexec is found, else onnxruntime; results say which ran.")]
    [AllowedValues("auto", "tensorrt", "onnxruntime")]
    public string Engine { get; init; } = "auto";

    /// <summary>Path of trtexec; null looks at the variable TRTEXEC, then PATH.</summary>
    [Description("Path of trtexec; null looks at the variable TRTEXEC, then PATH.")]
    [ConfigPath]
    public string? Trtexec { get; init; }

    /// <summary>Folder of a bundle that a target device ran: its engines, times and outputs are taken instead of building here.</summary>
    [Description("Folder of a bundle that a target device ran: its engines, times and outputs are taken instead of building here.")]
    [ConfigPath]
    public string? Bundle { get; init; }

    /// <summary>Settings of the engine builder.</summary>
    [Description("Settings of the engine builder.")]
    public CommonConfig CommonConfig { get; init; } = new();
}
