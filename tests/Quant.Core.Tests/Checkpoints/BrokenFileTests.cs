using System.Text;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Xunit;

namespace Quant.Core.Tests.Checkpoints;

public sealed class BrokenFileTests
{
    private static readonly byte[] Weights = CheckpointReaderTests.Bytes<float>(1, 2, 3, 4, 5, 6);

    [Fact]
    public void A_missing_file_and_a_directory_are_told_apart()
    {
        var path = Samples.TemporaryPath();
        Samples.Fails(DiagnosticCodes.CheckpointNotReadable, "does not exist", () => CheckpointReader.Read(path));
        Samples.Fails(DiagnosticCodes.CheckpointNotReadable, "does not exist", () => CheckpointReader.Read(Path.Combine(path, "deeper", "x.pth")));
        Samples.Fails(DiagnosticCodes.CheckpointNotReadable, "is a directory", () => CheckpointReader.Read(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_diagnostic_points_to_the_file()
    {
        var path = Samples.TemporaryFile([]);
        var exception = Samples.Fails(DiagnosticCodes.CheckpointDamaged, "empty", () => CheckpointReader.Read(path));
        Assert.StartsWith($"{path}: error QNT0202: ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", "begins with 'x'")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:1", "git lfs pull")]
    [InlineData("\n<!DOCTYPE html>", "web page")]
    [InlineData("\u0080\u0004}.", "plain pickle")]
    [InlineData("PK\u0001\u0002", "begins with 'PK..'")]
    public void Another_kind_of_file_is_named(string content, string part) =>
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, part, () => Read(Encoding.Latin1.GetBytes(content)));

    [Fact]
    public void A_zip_that_is_no_checkpoint_is_named()
    {
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, "TorchScript", () => Read(Zip().Add("root/code/__torch__.py", []).Add("root/constants.pkl", []).Finish()));
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, "without a data.pkl", () => Read(new ZipBytes().Add("word/document.xml", []).Finish()));
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, "without a data.pkl", () => Read(new ZipBytes().Finish()));
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, "2 data.pkl", () => Read(Zip().Add("other/data.pkl", []).Finish()));
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, "encrypted", () => Read(Zip(flags: 1).Finish()));
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, "method 93", () => Read(Zip(method: 93).Finish()));
        Samples.Fails(DiagnosticCodes.CheckpointFormatUnsupported, "'big'", () => Read(Zip().Add("root/byteorder", "big"u8.ToArray()).Finish()));
    }

    [Fact]
    public void Odd_but_sound_archives_are_read()
    {
        AssertSound(Zip().Add("root/.data/serialization_id", [1]).Add("root/byteorder", "little"u8.ToArray()).Add("../../etc/passwd", [1]).Finish());
        AssertSound(Zip().Finish(comment: "a comment with PK\x05\x06 in it"));
        AssertSound(new ZipBytes { Zip64 = true }.Add("a b é/data.pkl", CheckpointReaderTests.Floats("w")).Add("a b é/data/0", Weights).Finish());
        AssertSound(new ZipBytes().Add("data.pkl", CheckpointReaderTests.Floats("w")).Add("data/0", Weights).Finish());
        AssertSound(new ZipBytes().Add("root/data.pkl", CheckpointReaderTests.Floats("w"), deflate: true).Add("root/data/0", Weights, deflate: true).Finish());
        AssertSound(new ZipBytes().Add("root/data.pkl", CheckpointReaderTests.Floats("w"), crc: 0).Add("root/data/0", Weights, crc: 0).Finish());
    }

    [Fact]
    public void A_zip_bomb_is_refused()
    {
        var bomb = new byte[16 << 20];
        Samples.Fails(DiagnosticCodes.PickleLimitExceeded, "inflates from", () => Read(new ZipBytes().Add("root/data.pkl", bomb, deflate: true).Finish()));
        var lying = new ZipBytes().Add("root/data.pkl", CheckpointReaderTests.Floats("w"), deflate: true).Add("root/data/0", new byte[1 << 20], deflate: true, announcedSize: 24).Finish();
        using var checkpoint = Read(lying);
        Samples.Fails(DiagnosticCodes.CheckpointDamaged, "longer than announced", () => checkpoint.StateDict["w"].ToFloat32());
    }

    [Fact]
    public void An_inconsistent_archive_is_damaged()
    {
        Damaged("occurs twice", Zip().Add("root/data/0", Weights).Finish());
        Damaged("overlap", new ZipBytes().Add("root/data.pkl", CheckpointReaderTests.Floats("w"), announcedSize: 200).Add("root/data/0", new byte[400]).Finish());
        Damaged("lies outside", Zip().Add("root/data/1", Weights, announcedSize: 1 << 20).Finish());
        Damaged("lies outside", Zip().Add("root/data/1", Weights, offset: 1 << 20).Finish());
        Damaged("another name", Zip().Add("root/data/1", Weights, localName: "root/data/2").Finish());
        Damaged("lies outside the file", Zip().Finish(directoryShift: 1 << 20));
        Damaged("ends early", Zip().Finish(directoryShift: -1));
        Damaged("cannot hold 9 records", Zip().Finish(announcedCount: 9));
        Damaged("end of the archive is missing", Zip().Finish()[..^1]);
        Damaged("should be 00000001", Zip(crc: 1).Finish());
    }

    [Theory]
    [InlineData(false, 97)]
    [InlineData(true, 97)]
    public void A_cut_off_file_is_always_reported(bool old, int step)
    {
        var weights = Enumerable.Range(0, 20_000).Select(value => (float)value).ToArray();
        var path = Samples.TemporaryPath();
        if (old)
        {
            File.WriteAllBytes(path, CheckpointReaderTests.Legacy(PickleBytes.DictOf("w", p => p.Tensor("FloatStorage", "0", weights.Length, 0, [weights.Length], [1])), values: weights));
        }
        else
        {
            CheckpointWriter.Write(path, new StateDict([new("w", CheckpointTensor.FromFloat32(weights, 100, 200)), new("n", CheckpointTensor.FromInt64([7]))]));
        }

        using (var whole = CheckpointReader.Read(path))
        {
            Assert.Equal(weights, whole.StateDict["w"].ToFloat32());
        }

        CutFromTheEnd(path, step, old ? [DiagnosticCodes.CheckpointDamaged, DiagnosticCodes.PickleInvalid, DiagnosticCodes.CheckpointFormatUnsupported] : [DiagnosticCodes.CheckpointDamaged]);
    }

    [Fact]
    public void A_cut_off_checkpoint_of_a_training_is_always_reported()
    {
        var path = Samples.TemporaryPath();
        File.Copy(Samples.Shared("models/centerpoint_tiny.pth"), path);
        File.SetAttributes(path, FileAttributes.Normal);
        CutFromTheEnd(path, 97 * 97, [DiagnosticCodes.CheckpointDamaged]);
    }

    private static void CutFromTheEnd(string path, int step, string[] codes)
    {
        for (var length = new FileInfo(path).Length - 1; length >= 0; length -= step)
        {
            using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write))
            {
                stream.SetLength(length);
            }

            var code = Assert.Throws<QuantException>(() => CheckpointReader.Read(path)).Code;
            Assert.Contains(code, length is > 0 and < 4 ? [DiagnosticCodes.CheckpointFormatUnsupported] : codes);
        }
    }

    private static Checkpoint Read(byte[] file) => CheckpointReaderTests.Read(file);

    private static ZipBytes Zip(ushort flags = 0, ushort? method = null, uint? crc = null) =>
        new ZipBytes().Add("root/data.pkl", CheckpointReaderTests.Floats("w"), flags: flags, method: method, crc: crc).Add("root/data/0", Weights);

    private static void AssertSound(byte[] file)
    {
        using var checkpoint = Read(file);
        Assert.Equal([1, 2, 3, 4, 5, 6], checkpoint.StateDict["w"].ToFloat32());
    }

    private static void Damaged(string part, byte[] file) => Samples.Fails(DiagnosticCodes.CheckpointDamaged, part, () => Read(file));
}
