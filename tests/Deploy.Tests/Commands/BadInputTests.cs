using System.IO.Compression;
using System.Text;
using Deploy.Pipeline;
using Testing;

namespace Deploy.Tests.Commands;

/// <summary>Every kind of bad input: one clear line with code and place, the right exit code, nothing half-written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_missing_checkpoint_is_named()
    {
        var result = Run("--to", "load", "--set", "checkpoint_path=no/such/file.pth");

        AssertRefused(result, 2, "QNT0201", "file.pth");
    }

    [Fact]
    public void A_truncated_checkpoint_is_refused()
    {
        var file = folder.File("cut.pth");
        File.WriteAllBytes(file, File.ReadAllBytes(Path.Combine(Repository.Root, "samples", "centerpoint_sim", "centerpoint_tiny.pth"))[..100_000]);

        AssertRefused(Run("--to", "load", "--set", $"checkpoint_path={file}"), 2, "QNT0202", "cut.pth");
    }

    [Fact]
    public void A_pickle_that_calls_os_system_is_refused_and_not_executed()
    {
        var proof = folder.File("proof");
        var file = Archive("data.pkl", Encoding.ASCII.GetBytes($"cposix\nsystem\n(S'touch {proof}'\ntR."));

        AssertRefused(Run("--to", "load", "--set", $"checkpoint_path={file}"), 2, "QNT0204", "posix.system");
        Assert.False(File.Exists(proof));
    }

    [Fact]
    public void Wrong_shapes_are_listed_together()
    {
        var result = Run("--to", "load", "--set", "model.pts_backbone.out_channels=[16, 64, 128]");

        AssertRefused(result, 2, "QNT0210", "pts_backbone.blocks.0.0.weight has shape [32, 32, 3, 3], expected [16, 32, 3, 3]");
        Assert.True(result.Error.Split('\n').Count(line => line.Contains("QNT0210", StringComparison.Ordinal)) > 5);
    }

    [Fact]
    public void A_config_with_ten_mistakes_reports_all_ten()
    {
        var file = folder.File("ten.yaml");
        File.WriteAllText(file, $"""
            _base_: {DeployRunner.SampleConfig}
            name: ten
            sed: 1
            device: gpu
            seed: -1
            model: max_voxels
            quantization:
              mode: ptqq
              calibration: {"{num_batches: 0, method: fancy, num_bins: two}"}
            gates: {"{map_drop_max: 7}"}
            verification: {"{statistic: best, space: outer}"}
            """);

        var result = DeployRunner.Run("config", "check", "--config", file);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(11, result.Error.Split('\n').Count(line => line.StartsWith($"{file}(", StringComparison.Ordinal) && line.Contains(": error QNT01", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_frames_is_an_error_with_the_folder()
    {
        Directory.CreateDirectory(folder.File("empty"));

        AssertRefused(Run("--to", "calibrate", "--set", $"dataset={{type: folder, calibration: {{root: {folder.File("empty")}}}, validation: null}}"), 2, "QNT08", "empty");
    }

    [Fact]
    public void A_frame_full_of_nan_is_refused()
    {
        Directory.CreateDirectory(folder.File("nan"));
        File.WriteAllBytes(folder.File("nan/0.bin"), [.. Enumerable.Repeat(BitConverter.GetBytes(float.NaN), 500).SelectMany(bytes => bytes)]);

        AssertRefused(Run("--to", "calibrate", "--set", $"dataset={{type: folder, calibration: {{root: {folder.File("nan")}}}, validation: null}}"), 2, "QNT08", "0.bin");
    }

    [Fact]
    public void A_frame_with_a_wrong_length_is_refused()
    {
        Directory.CreateDirectory(folder.File("odd"));
        File.WriteAllBytes(folder.File("odd/0.bin"), new byte[1003]);

        AssertRefused(Run("--to", "calibrate", "--set", $"dataset={{type: folder, calibration: {{root: {folder.File("odd")}}}, validation: null}}"), 2, "QNT08", "0.bin");
    }

    [Fact]
    public void An_unknown_layer_pattern_is_located()
    {
        AssertRefused(Run("--to", "insert", "--set", "quantization.sensitive_layers=[pts_backbone.blocks.9]"), 2, "QNT0301", "pts_backbone.blocks.9");
        AssertRefused(Run("--to", "insert", "--set", "quantization.sensitive_layers=[pts_backbon.blocks]"), 2, "QNT0105", "pts_backbon.blocks");
    }

    [Fact]
    public void Demanding_tensorrt_without_trtexec_ends_with_3_before_any_work() =>
        AssertRefused(Run("--set", "backend_config.engine=tensorrt"), 3, "QNT0910", "trtexec was not found");

    [Fact]
    public void Asking_for_a_gpu_that_is_not_there_ends_with_3() =>
        AssertRefused(DeployRunner.Run("run", "--config", DeployRunner.SampleConfig, "--work-dir", folder.File("w"), "--device", "cuda:7"), 3, "QNT0922", "cuda:7");

    [Fact]
    public void A_work_directory_in_use_is_refused()
    {
        using var held = WorkDirectory.Open(folder.File("work"));

        AssertRefused(Run("--to", "load"), 3, "QNT0920", "another run");
    }

    [Theory]
    [InlineData("run", "--to", "nowhere")]
    [InlineData("run", "--sett", "a=b")]
    [InlineData("inspect")]
    public void Wrong_options_end_with_2(params string[] arguments) => Assert.Equal(2, DeployRunner.Run(arguments).ExitCode);

    private DeployRunner Run(params string[] more) => DeployRunner.Run(["run", .. DeployRunner.QuickSample(folder.File("work"), more)]);

    private void AssertRefused(DeployRunner result, int exitCode, string code, string text)
    {
        Assert.True(exitCode == result.ExitCode, $"exit code {result.ExitCode}\n{result.Error}");
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.Contains(text, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        if (Directory.Exists(folder.File("work")))
        {
            Assert.Empty(Directory.EnumerateFiles(folder.File("work"), ".tmp-*", SearchOption.AllDirectories));
        }
    }

    private string Archive(string name, byte[] content)
    {
        var path = folder.File("evil.pth");
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (entry, bytes) in new[] { ($"archive/{name}", content), ("archive/version", "3\n"u8.ToArray()) })
        {
            using var stream = archive.CreateEntry(entry, CompressionLevel.NoCompression).Open();
            stream.Write(bytes);
        }

        return path;
    }
}
