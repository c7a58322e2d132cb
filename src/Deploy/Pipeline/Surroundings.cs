using Quant.Core.Native;

namespace Deploy.Pipeline;

/// <summary>Everything the program takes from its environment, read once at the edge and handed in.</summary>
/// <param name="LibTorch">Where libtorch may be.</param>
/// <param name="Trtexec">TRTEXEC, or null.</param>
/// <param name="SearchPath">PATH.</param>
/// <param name="GitHubActions">True when annotations of GitHub Actions are understood.</param>
/// <param name="AzurePipelines">True when those of Azure Pipelines are.</param>
public sealed record Surroundings(LibTorchSearch LibTorch, string? Trtexec, string SearchPath, bool GitHubActions, bool AzurePipelines)
{
    /// <summary>Reads environment variables.</summary>
    public static Surroundings Read()
    {
        static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var cache = Variable("XDG_CACHE_HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        var search = new LibTorchSearch(
            Variable("QUANT_LIBTORCH"),
            AppContext.BaseDirectory,
            Variable("NUGET_PACKAGES") ?? Path.Combine(home, ".nuget", "packages"),
            Path.Combine(cache.Length > 0 ? cache : Path.GetTempPath(), "quant", "native"));
        return new Surroundings(search, Variable("TRTEXEC"), Variable("PATH") ?? "", Variable("GITHUB_ACTIONS") == "true", Variable("TF_BUILD") is not null);
    }
}
