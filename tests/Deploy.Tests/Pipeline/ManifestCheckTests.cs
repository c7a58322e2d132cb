using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Quant.Core.Diagnostics;
using Testing;
using Xunit;

namespace Deploy.Tests.Pipeline;

public sealed class ManifestCheckTests
{
    [Fact]
    public void Equal_changed_and_missing_files_are_told_apart()
    {
        using var work = new TempFolder();
        foreach (var name in new[] { "a.onnx", "b.json", "c.pth", "base.yaml" })
        {
            File.WriteAllText(work.File(name), name);
        }

        Write(work, new() { ["a.onnx"] = Fingerprint.OfText("a.onnx"), ["b.json"] = Fingerprint.OfText("other"), ["gone.pth"] = Fingerprint.OfText("x"), ["../outside"] = Fingerprint.OfText("x") });

        var check = ManifestCheck.Run(work.File("manifest.json"), work.File("c.pth"), [work.Path]);
        var command = DeployRunner.Run("verify", work.File("manifest.json"));

        Assert.Equal(["a.onnx", "c.pth", "base.yaml"], check.Equal);
        Assert.Equal(["b.json"], check.Changed);
        Assert.Equal(["gone.pth", "../outside"], check.Missing);
        Assert.Equal(["frame.bin"], check.NotChecked);
        Assert.Equal(2, command.ExitCode);
        Assert.Contains("error QNT0942: 'b.json'", command.Error, StringComparison.Ordinal);
        Assert.Contains("error QNT0943: 'gone.pth'", command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Untouched_files_end_with_0_and_the_record_on_stdout()
    {
        using var work = new TempFolder();
        File.WriteAllText(work.File("a.onnx"), "a");
        Write(work, new() { ["a.onnx"] = Fingerprint.OfText("a") });

        var command = DeployRunner.Run("verify", work.File("manifest.json"), "--json");

        Assert.Equal(0, command.ExitCode);
        Assert.Contains("\"equal\": [\n    \"a.onnx\"", command.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("nothing")]
    public void What_is_no_manifest_is_refused(string text)
    {
        using var work = new TempFolder();
        File.WriteAllText(work.File("manifest.json"), text);

        Assert.Equal("QNT0150", Assert.Throws<QuantException>(() => ManifestCheck.Run(work.File("manifest.json"), null, [])).Code);
    }

    private static void Write(TempFolder work, Dictionary<string, string> outputs) => JsonFile.Write(work.File("manifest.json"), new Manifest
    {
        Name = "x",
        Tool = "deploy 1",
        Written = "2026-01-01T00:00:00Z",
        Checkpoint = new FileDigest("c.pth", Fingerprint.OfText("c.pth")),
        Config = [new FileDigest("base.yaml", Fingerprint.OfText("base.yaml"))],
        CalibrationFrames = [new FileDigest("frame.bin", Fingerprint.OfText("x"))],
        Outputs = outputs,
        Environment = new Dictionary<string, string>(),
    });
}
