using Build.Tests.Fakes;
using Xunit;

namespace Build.Tests;

public sealed class RepositoryRootTests
{
    [Fact]
    public void The_nearest_folder_with_the_solution_is_the_root()
    {
        using var folder = new TempFolder();
        folder.Write("Deploy.sln", "");
        folder.Write("inner/Deploy.sln", "");
        var deep = Path.GetDirectoryName(folder.Write("inner/build/bin/Build.dll", ""))!;

        Assert.Equal(Path.Combine(folder.FullName, "inner"), RepositoryRoot.Find(deep));
    }

    [Fact]
    public void Outside_a_clone_the_start_is_named()
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<DirectoryNotFoundException>(() => RepositoryRoot.Find(folder.FullName));

        Assert.Contains(folder.FullName, error.Message, StringComparison.Ordinal);
    }
}
