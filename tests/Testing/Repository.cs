namespace Testing;

/// <summary>Folders that tests read.</summary>
public static class Repository
{
    /// <summary>The folder that holds Deploy.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Deploy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the tests run outside the repository: Deploy.sln was not found");
    }
}
