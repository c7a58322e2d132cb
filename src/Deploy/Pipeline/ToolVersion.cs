using System.Reflection;
using Quant.Core.Models;

namespace Deploy.Pipeline;

/// <summary>Which build of this program runs: a stage made by another build is made again.</summary>
public static class ToolVersion
{
    /// <summary>The version with commit, as <c>deploy --version</c> prints it.</summary>
    public static string Display { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Version and module identities; builds are deterministic, so equal sources give equal identities.</summary>
    public static string Current { get; } =
        $"{Display} {typeof(ToolVersion).Module.ModuleVersionId:N} {typeof(CenterPoint).Module.ModuleVersionId:N}";
}
