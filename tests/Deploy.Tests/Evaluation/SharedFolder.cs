using Xunit;

namespace Deploy.Tests.Evaluation;

/// <summary>The folder <c>shared</c> beside the repository, when the machine has it.</summary>
internal static class SharedFolder
{
    /// <summary>The path of a shared file; skips the test, visibly, when it is not there.</summary>
    public static string Require(string relative)
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Deploy.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        var path = folder is null ? null : Path.GetFullPath(Path.Combine(folder, "..", "shared", relative));
        Assert.SkipUnless(path is not null && (File.Exists(path) || Directory.Exists(path)), $"../shared/{relative} is not on this machine");
        return path!;
    }
}
