using Cake.Core;

namespace Build.Runners;

/// <summary>Builds the command line tool <c>deploy</c> once and starts it.</summary>
/// <param name="commands">Starts programs.</param>
/// <param name="root">The repository root.</param>
/// <param name="configuration">The configuration that the tool is built in.</param>
public sealed class CliRunner(ICommandRunner commands, string root, string configuration)
{
    private readonly string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
    private bool built;

    private string Project => Path.Combine(root, "src", "Deploy", "Deploy.csproj");

    private string Assembly => Path.Combine(root, "src", "Deploy", "bin", configuration, "net10.0", "deploy.dll");

    /// <summary>Builds the tool, unless this program has built it already.</summary>
    /// <exception cref="CakeException">The tool does not build; exit code 3, because 1 means a failed gate.</exception>
    public void Build()
    {
        if (built)
        {
            return;
        }

        var exitCode = commands.Run(dotnet, ["build", Project, "--configuration", configuration, "--nologo", "-consoleLoggerParameters:NoSummary"], root);
        built = exitCode == 0 ? true : throw new CakeException(ExitCodes.Environment, $"src/Deploy did not build (exit code {exitCode}); its errors are above.");
    }

    /// <summary>Runs the tool.</summary>
    /// <param name="arguments">A verb and its options.</param>
    /// <returns>The tool's exit code.</returns>
    /// <exception cref="CakeException">The tool does not build; exit code 3.</exception>
    public int Run(IEnumerable<string> arguments)
    {
        Build();
        return commands.Run(dotnet, [Assembly, .. arguments], root);
    }
}
