namespace Deploy.Pipeline;

/// <summary>Copies results out of a work directory, whole or not at all.</summary>
internal static class PipelineFiles
{
    public static void CopyFile(string source, string target) => AtomicFile.Write(target, temporary => File.Copy(source, temporary));

    public static void CopyFolder(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            CopyFile(file, Path.Combine(target, Path.GetRelativePath(source, file)));
        }
    }
}
