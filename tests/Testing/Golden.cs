using Xunit;

namespace Testing;

/// <summary>Compares text with a file of the repository; with UPDATE_GOLDEN=1 the file is rewritten instead.</summary>
public static class Golden
{
    public static void Match(string path, string text)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run the tests with UPDATE_GOLDEN=1");
        Assert.Equal(text, File.ReadAllText(path).ReplaceLineEndings("\n"), ignoreLineEndingDifferences: true);
    }
}
