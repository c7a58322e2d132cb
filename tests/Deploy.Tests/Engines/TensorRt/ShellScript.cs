namespace Deploy.Tests.Engines.TensorRt;

/// <summary>An executable script for /bin/sh.</summary>
internal static class ShellScript
{
    /// <summary>Writes it; skips the test where there is no such shell.</summary>
    public static string Write(string path, string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in is a shell script");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
