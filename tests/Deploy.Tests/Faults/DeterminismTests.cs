using System.Globalization;
using Deploy.Datasets;
using Deploy.Tests.Commands;
using Testing;

namespace Deploy.Tests.Faults;

/// <summary>Equal inputs give equal bytes, whatever the machine's habits.</summary>
[Collection("faults")]
public sealed class DeterminismTests(SmallJob job)
{
    [Fact]
    public void Three_runs_give_the_same_bytes()
    {
        using var second = new TempFolder();
        using var third = new TempFolder();
        SmallJob.Run(second.Path);
        SmallJob.Run(third.Path);

        Assert.True(job.Expected.Count >= 25);
        Assert.Equal(job.Expected, SmallJob.Digests(second.Path));
        Assert.Equal(job.Expected, SmallJob.Digests(third.Path));
    }

    [Fact]
    public void The_number_of_cores_changes_nothing()
    {
        foreach (var processors in new[] { "1", "4" })
        {
            using var work = new TempFolder();
            SmallJob.Finish(SmallJob.Start(SmallJob.Options(work.Path), new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = processors }));
            Assert.Equal(job.Expected, SmallJob.Digests(work.Path));
        }
    }

    [Theory]
    [InlineData("tr_TR.UTF-8", "Asia/Kathmandu")]
    [InlineData("de_DE.UTF-8", "America/St_Johns")]
    public void Language_and_time_zone_of_the_environment_change_nothing(string language, string zone)
    {
        using var work = new TempFolder();
        var environment = new Dictionary<string, string> { ["LANG"] = language, ["LC_ALL"] = language, ["TZ"] = zone, ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "0" };

        SmallJob.Finish(SmallJob.Start(SmallJob.Options(work.Path), environment));

        Assert.Equal(job.Expected, SmallJob.Digests(work.Path));
    }

    [Fact]
    public void A_culture_with_decimal_commas_changes_nothing()
    {
        using var work = new TempFolder();
        var (before, all) = (CultureInfo.CurrentCulture, CultureInfo.DefaultThreadCurrentCulture);
        // The build knows the invariant culture alone, so a foreign one is made by hand.
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NegativeSign = "−", PercentDecimalSeparator = "," };
        culture.DateTimeFormat = new DateTimeFormatInfo { DateSeparator = ".", TimeSeparator = "-" };
        try
        {
            (CultureInfo.CurrentCulture, CultureInfo.DefaultThreadCurrentCulture) = (culture, culture);
            Assert.Equal("−1,5", (-1.5).ToString(CultureInfo.CurrentCulture));
            var result = SmallJob.Run(work.Path);
            Assert.True(result.ExitCode == job.First.ExitCode, result.Error);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.DefaultThreadCurrentCulture) = (before, all);
        }

        Assert.Equal(job.Expected, SmallJob.Digests(work.Path));
        Assert.DoesNotContain("−", File.ReadAllText(work.File("gate.json")) + File.ReadAllText(work.File("latency.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_with_windows_line_ends_gives_the_same_bytes()
    {
        using var folder = new TempFolder();
        var configs = Path.GetDirectoryName(DeployRunner.SampleConfig)!;
        foreach (var file in Directory.EnumerateFiles(configs, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = folder.File(Path.Combine("deploy_configs", Path.GetRelativePath(configs, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(copy, File.ReadAllText(file).Replace("\n", "\r\n", StringComparison.Ordinal));
        }

        Directory.CreateSymbolicLink(folder.File("samples"), Path.Combine(Repository.Root, "samples"));
        var options = SmallJob.Options(folder.File("work"));
        options[2] = folder.File("deploy_configs/centerpoint_sim_int8.yaml");

        var result = DeployRunner.Run(options);

        Assert.True(result.ExitCode == job.First.ExitCode, result.Error);
        Assert.Equal(job.Expected, SmallJob.Digests(folder.File("work")));
    }

    [Fact]
    public void The_order_of_a_directory_listing_is_not_the_order_of_frames()
    {
        using var folder = new TempFolder();
        string[] names = [.. Enumerable.Range(0, 40).Select(number => $"{number:D5}.bin")];
        var random = new Random(5);

        var orders = new[] { "a", "b", "c" }.Select(name =>
        {
            var root = Directory.CreateDirectory(folder.File(name)).FullName;
            foreach (var file in names.OrderBy(_ => random.Next()))
            {
                File.WriteAllBytes(Path.Combine(root, file), new byte[20]);
            }

            return FrameSources.Open(new DatasetOptions { ClassNames = ["car"], Type = "folder", Root = root, PointColumns = ["x", "y", "z", "intensity", "ring"], UseDim = ["x", "y", "z"] }).Files.Select(Path.GetFileName);
        });

        Assert.All(orders, order => Assert.Equal(names, order));
    }
}
