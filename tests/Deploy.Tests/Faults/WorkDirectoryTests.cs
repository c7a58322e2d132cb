using Deploy.Commands;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Quant.Core.Diagnostics;
using Testing;

namespace Deploy.Tests.Faults;

[Collection("faults")]
public sealed class WorkDirectoryTests(SmallJob job)
{
    [Fact]
    public async Task A_second_run_is_refused_while_another_process_works_and_harms_nothing()
    {
        using var work = new TempFolder();
        DeployRunner? second = null;
        using var error = new TriggerWriter("calibrate …", () => second = SmallJob.Finish(SmallJob.Start(SmallJob.Options(work.Path))));

        var exit = await DeployCommandLine.RunAsync(SmallJob.Options(work.Path), new Surroundings(TorchFixture.Search, null, "", false, false), TextWriter.Null, error, interactive: false);

        Assert.Equal(job.First.ExitCode, exit);
        Assert.Equal(3, second!.ExitCode);
        Assert.Contains("error QNT0920", second.Error, StringComparison.Ordinal);
        Assert.Equal(job.Expected, SmallJob.Digests(work.Path));
    }

    [Fact]
    public void The_lock_file_of_an_ended_run_does_not_lock()
    {
        using var work = new TempFolder();
        WorkDirectory.Open(work.Path).Dispose();
        Assert.True(File.Exists(work.File(".lock")));

        using var next = WorkDirectory.Open(work.Path);

        Assert.Equal("QNT0920", Assert.Throws<QuantException>(() => WorkDirectory.Open(work.Path)).Code);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_not_taken_for_a_busy_one()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("file"), "");
        Directory.CreateDirectory(folder.File("odd/.lock"));
        List<string> places = [folder.File("file"), folder.File("file/below"), folder.File("odd")];
        if (OperatingSystem.IsLinux())
        {
            // Nobody may make a folder there, root included.
            places.Add("/proc/work");
        }

        Assert.All(places, place =>
        {
            var result = DeployRunner.Run(SmallJob.Options(place, "--to", "load"));
            Assert.Equal(3, result.ExitCode);
            Assert.Contains("error QNT0921", result.Error, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_read_only_folder_is_refused_before_any_work()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("permissions do not bind this user");
            return;
        }

        using var work = new TempFolder();
        File.SetUnixFileMode(work.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var result = DeployRunner.Run(SmallJob.Options(work.Path, "--to", "load"));

        File.SetUnixFileMode(work.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("error QNT0921", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(work.Path));
    }

    [Fact]
    public void Leftovers_of_a_killed_run_are_removed_but_not_through_links()
    {
        using var work = new TempFolder();
        using var elsewhere = new TempFolder();
        Directory.CreateDirectory(work.File("onnx/int8"));
        File.WriteAllText(work.File("onnx/int8/.tmp-half"), "half");
        File.WriteAllText(elsewhere.File(".tmp-other"), "not ours");
        Directory.CreateSymbolicLink(work.File("link"), elsewhere.Path);

        WorkDirectory.Open(work.Path).Dispose();

        Assert.Empty(Directory.EnumerateFiles(work.File("onnx"), "*", SearchOption.AllDirectories));
        Assert.True(File.Exists(elsewhere.File(".tmp-other")));
    }
}
