using Quant.Core.Diagnostics;
using Xunit;

namespace Quant.Core.Tests.Checkpoints;

/// <summary>Files of the shared folder, temporary files and the one way to assert on a diagnostic.</summary>
internal static class Samples
{
    private static readonly DirectoryInfo Temporary = CreateTemporary();

    /// <summary>A file beside the repository; the test is skipped when it is not there.</summary>
    public static string Shared(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Deploy.sln")))
        {
            folder = folder.Parent;
        }

        var path = Path.GetFullPath(Path.Combine(folder?.FullName ?? ".", "..", "shared", relative));
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        return path;
    }

    public static string TemporaryPath(string extension = ".pth") => Path.Combine(Temporary.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName, "file" + extension);

    public static string TemporaryFile(ReadOnlySpan<byte> content, string extension = ".pth")
    {
        var path = TemporaryPath(extension);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Runs what must fail, and checks the code and a part of the message.</summary>
    public static QuantException Fails(string code, string part, Action action)
    {
        var exception = Assert.Throws<QuantException>(action);
        Assert.Equal(code, exception.Code);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        return exception;
    }

    private static DirectoryInfo CreateTemporary()
    {
        var folder = Directory.CreateTempSubdirectory("checkpoints");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder;
    }
}
