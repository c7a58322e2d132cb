using System.Diagnostics;

namespace Deploy.Tests.Reporting;

/// <summary>A headless Chromium, when one is on PATH.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    public static string? Find() => Names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>The page's document after loading, and what the browser logged.</summary>
    public static (string Dom, string Log) Load(string browser, string page, string profile)
    {
        var start = new ProcessStartInfo(browser) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={profile}", "--enable-logging=stderr", "--virtual-time-budget=2000", "--dump-dom", new Uri(page).AbsoluteUri])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var log = process.StandardError.ReadToEndAsync();
        var dom = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(60_000), "the browser did not end");
        return (dom, log.GetAwaiter().GetResult());
    }
}
