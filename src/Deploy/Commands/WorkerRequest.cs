using Deploy.Pipeline;
using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary>The common options as the MSBuild tasks pass them (<c>--request</c>); paths are absolute. Options on the command line win.</summary>
/// <param name="Version">The form of the file; only <see cref="CurrentVersion"/> is read.</param>
/// <param name="Config">The config file.</param>
/// <param name="WorkDir">Overrides work_dir, or null.</param>
/// <param name="Device">Overrides device, or null.</param>
/// <param name="Set"><c>key=value</c> pairs on top of the config.</param>
internal sealed record WorkerRequest(int Version, string Config, string? WorkDir, string? Device, IReadOnlyList<string>? Set)
{
    /// <summary>Changes only when a reader would break.</summary>
    public const int CurrentVersion = 1;

    /// <summary>What it changes in the config.</summary>
    public IReadOnlyList<string> Overrides =>
    [
        .. Set ?? [],
        .. WorkDir is null ? Array.Empty<string>() : [CommandHost.PathOverride("work_dir", WorkDir)],
        .. Device is null ? Array.Empty<string>() : [$"device={Device}"],
    ];

    /// <summary>Reads a request.</summary>
    /// <exception cref="QuantException">QNT0930: it is missing, no request, or of another version.</exception>
    public static WorkerRequest Read(string file)
    {
        WorkerRequest request;
        try
        {
            request = JsonFile.Read<WorkerRequest>(file);
        }
        catch (QuantException error)
        {
            throw Invalid($"the request cannot be read: {error.Diagnostics[0].Message}", error);
        }

        return request switch
        {
            { Version: not CurrentVersion } => throw Invalid($"the request has version {request.Version}, this program reads {CurrentVersion}; use Quant.Tasks and deploy of one version"),
            { Config: null or "" } => throw Invalid("the request names no config"),
            _ => request,
        };

        QuantException Invalid(string text, Exception? inner = null) => new(DiagnosticCodes.RequestInvalid, text, new SourceLocation(file), inner);
    }
}
