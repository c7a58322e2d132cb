using Cake.Common.IO;
using Cake.Common.Tools.DotNet;
using Cake.Common.Tools.DotNet.Build;
using Cake.Common.Tools.DotNet.Format;
using Cake.Common.Tools.DotNet.Pack;
using Cake.Common.Tools.DotNet.Test;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Build.Runners;

/// <summary>Works on the whole solution with the .NET SDK.</summary>
/// <param name="context">Cake's context; its working directory is the repository root.</param>
/// <param name="configuration">The configuration that projects are built in.</param>
public sealed class SolutionRunner(ICakeContext context, string configuration)
{
    private const string Solution = "Deploy.sln";

    private static readonly DirectoryPath Packages = "artifacts/packages";

    /// <summary>Deletes what builds have left; results in work directories stay.</summary>
    public void Clean()
    {
        // build/ holds this very program.
        foreach (var pattern in (string[])["src/*/bin", "src/*/obj", "tests/*/bin", "tests/*/obj", "benchmarks/*/bin", "benchmarks/*/obj", "artifacts"])
        {
            context.DeleteDirectories(context.GetDirectories(pattern), new DeleteDirectorySettings { Recursive = true, Force = true });
        }
    }

    /// <summary>Builds every project.</summary>
    public void Build() => context.DotNetBuild(Solution, Named("The build", new DotNetBuildSettings { Configuration = configuration, NoLogo = true }));

    /// <summary>Runs every test.</summary>
    public void Test() => context.DotNetTest(Solution, Named("The test run", new DotNetTestSettings { Configuration = configuration, PathType = DotNetTestPathType.Solution }));

    /// <summary>Checks the format of every source file and changes none.</summary>
    public void CheckFormat() => context.DotNetFormat(Solution, Named("The format check", new DotNetFormatSettings { VerifyNoChanges = true }));

    /// <summary>Packs what can be packed.</summary>
    public void Pack() => context.DotNetPack(Solution, Named("Packing", new DotNetPackSettings { Configuration = configuration, OutputDirectory = Packages, NoLogo = true }));

    // The SDK's own exit codes (2: a test failed, 8: no test ran) mean other things here.
    private static T Named<T>(string work, T settings)
        where T : ToolSettings =>
        settings.WithHandleExitCode(exitCode => exitCode == 0 ? true : throw new CakeException(ExitCodes.Failed, $"{work} failed (exit code {exitCode}); see above."));
}
