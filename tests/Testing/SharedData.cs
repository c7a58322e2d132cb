using Xunit;

namespace Testing;

/// <summary>Reference data that lies beside the repository and is not part of it (golden values, real frames).</summary>
public static class SharedData
{
    /// <summary>Its folder, whether it exists or not.</summary>
    public static string Root { get; } = Path.Combine(Repository.Root, "..", "shared");

    /// <summary>The full path of a file or folder; skips the test, visibly, when it is not there.</summary>
    public static string Require(string relativePath)
    {
        var path = Path.GetFullPath(Path.Combine(Root, relativePath));
        Assert.SkipUnless(Path.Exists(path), $"reference data ../shared/{relativePath} is not there");
        return path;
    }
}
