using Testing;

namespace Deploy.Tests.Faults;

[Collection("faults")]
public sealed class DiskFullTests(SmallJob job)
{
    [Fact]
    public void A_file_that_does_not_fit_ends_the_run_with_a_code_and_the_next_run_repairs_everything()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ulimit -f and SIGXFSZ");
        using var work = new TempFolder();
        // A limit on the size of files stands in for a full disk; .NET's doubly mapped code pages would count as a file.
        var environment = new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" };
        SmallJob.Finish(SmallJob.Start(SmallJob.Options(work.Path, "--to", "load"), environment));

        var full = SmallJob.Finish(SmallJob.Start(SmallJob.Options(work.Path), environment, "trap '' XFSZ; ulimit -f 100;"));

        Assert.True(full.ExitCode == 3, $"{full.ExitCode} {full.Error}");
        Assert.Contains("error QNT0209", full.Error, StringComparison.Ordinal);
        Assert.Empty(SmallJob.Leftovers(work.Path));
        Assert.False(File.Exists(work.File("fused.pth")));
        Assert.False(File.Exists(work.File("stages/fuse.json")));

        Assert.Equal(job.First.ExitCode, SmallJob.Run(work.Path).ExitCode);
        Assert.Equal(job.Expected, SmallJob.Digests(work.Path));
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_told_once_and_the_run_goes_on()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full");
        using var work = new TempFolder();
        File.CreateSymbolicLink(work.File("deploy.log"), "/dev/full");

        var result = SmallJob.Run(work.Path, "--to", "fuse");

        Assert.Equal(0, result.ExitCode);
        Assert.Single(result.Error.Split('\n'), line => line.Contains("warning QNT0946", StringComparison.Ordinal));
        Assert.True(File.Exists(work.File("stages/fuse.json")));
    }

    [Fact]
    public void A_result_that_cannot_be_printed_ends_with_a_code()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full");

        var result = SmallJob.Finish(SmallJob.Start(SmallJob.Options(job.Folder, "--json"), null, "exec >/dev/full;"));

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("error QNT0923", result.Error, StringComparison.Ordinal);
    }
}
