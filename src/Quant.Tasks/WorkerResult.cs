using System.Text.Json;

namespace Quant.Tasks;

/// <summary>What <c>deploy … --result FILE</c> leaves.</summary>
/// <param name="Version">The form of the file; only <see cref="CurrentVersion"/> is read.</param>
/// <param name="ExitCode">As the process ended.</param>
/// <param name="WorkDir">Where the results are, or null.</param>
/// <param name="Inputs">Files that the result depends on.</param>
/// <param name="Outputs">Files that the finished stages left.</param>
/// <param name="Diagnostics">Every warning and error, in order.</param>
public sealed record WorkerResult(
    int Version, int ExitCode, string? WorkDir, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<WorkerDiagnostic> Diagnostics)
{
    /// <summary>Changes only when a reader would break.</summary>
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>Reads a result file.</summary>
    /// <exception cref="JsonException">It is no result, or one of another version.</exception>
    public static WorkerResult Read(string file)
    {
        var result = JsonSerializer.Deserialize<WorkerResult>(File.ReadAllBytes(file), Options) ?? throw new JsonException("the file holds null");
        return result.Version == CurrentVersion ? result : throw new JsonException($"the file has version {result.Version}, this package reads {CurrentVersion}");
    }
}
