namespace Build;

/// <summary>Finds the repository that this program was built in.</summary>
public static class RepositoryRoot
{
    private const string Marker = "Deploy.sln";

    /// <summary>The nearest folder at or above <paramref name="start"/> that holds Deploy.sln.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder at or above '{start}' holds {Marker}; run the build from a clone of the repository.");
    }
}
