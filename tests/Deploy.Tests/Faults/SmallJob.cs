using System.Diagnostics;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Testing;

namespace Deploy.Tests.Faults;

/// <summary>The main job on a corner of the sample's range, so that a whole run takes seconds, and its undisturbed result.</summary>
public sealed class SmallJob : IDisposable
{
    private static readonly string[] Timed = ["latency.json", "manifest.json", "sbom.json", "deploy.log", "report.md", "report.html", "gate.json", "junit.xml", ".lock"];

    private readonly TempFolder folder = new();

    public SmallJob()
    {
        First = Run(folder.Path);
        Assert.True(First.ExitCode is 0 or 1, First.Error);
        Expected = Digests(folder.Path);
    }

    /// <summary>Overrides that make it small.</summary>
    public static string[] Overrides { get; } =
    [
        "model.point_cloud_range=[-12.8, -12.8, -3.0, 12.8, 12.8, 5.0]", "dataset.calibration.num_frames=8", "dataset.validation.num_frames=2",
        "verification.num_verify_samples=2", "quantization.equalization.alpha=0.75", "latency={warmup: 1, iterations: 2}", "gates={map_drop_max: 0.99, nds_drop_max: 0.99, comparison: false}",
    ];

    /// <summary>The files that must be bit-equal, with their digests.</summary>
    public IReadOnlyDictionary<string, string> Expected { get; }

    public string Folder => folder.Path;

    internal DeployRunner First { get; }

    public static string[] Options(string workDir, params string[] more) =>
    [
        "run", "--config", DeployRunner.SampleConfig, "--work-dir", workDir, "--device", "cpu", .. Overrides.SelectMany(item => new[] { "--set", item }), .. more,
    ];

    /// <summary>Everything in a work directory but what holds times.</summary>
    public static IReadOnlyDictionary<string, string> Digests(string workDir) => Directory.EnumerateFiles(workDir, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(workDir, file))
        .Where(name => !Timed.Contains(name) && !name.StartsWith("stages", StringComparison.Ordinal))
        .ToDictionary(name => name, name => Fingerprint.OfFile(Path.Combine(workDir, name)));

    public static IEnumerable<string> Leftovers(string workDir) => Directory.EnumerateFiles(workDir, ".tmp-*", SearchOption.AllDirectories);

    /// <summary>A process of its own, through a shell when <paramref name="shell"/> has something to do before.</summary>
    public static Process Start(string[] arguments, IReadOnlyDictionary<string, string>? environment = null, string shell = "")
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(Repository.Root, "src", "Deploy", "bin", output.Parent!.Name, output.Name, "deploy.dll");
        var start = new ProcessStartInfo("sh", ["-c", $"{shell} exec dotnet \"$@\"", "sh", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    internal static DeployRunner Finish(Process process)
    {
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.WaitForExit();
            return new DeployRunner(process.ExitCode, output.Result, error.Result);
        }
    }

    internal static DeployRunner Run(string workDir, params string[] more) => DeployRunner.Run(Options(workDir, more));

    public void Dispose() => folder.Dispose();
}
