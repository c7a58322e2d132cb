using System.Text;
using Deploy.Evaluation;
using Quant.Core.Diagnostics;
using Xunit;
using static Deploy.Tests.Evaluation.Make;

namespace Deploy.Tests.Evaluation;

public sealed class DetectionsJsonTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Stored_detections_and_labels_give_the_same_evaluation_again()
    {
        var options = new MetricOptions(MetricOptions.NuScenes, SyntheticFrames.Classes);
        var frames = SyntheticFrames.Make(5, 20, 40, 0.7);
        frames[0] = frames[0] with { Truth = [Truth(3, vx: double.NaN), .. frames[0].Truth] };
        var detections = Store(stream => DetectionsJson.WriteDetections(stream, "int8", options.ClassNames, frames));
        var truth = Store(stream => DetectionsJson.WriteTruth(stream, options.ClassNames, frames));
        Assert.Equal("int8", detections.Model);

        var joined = DetectionsJson.Join(truth, detections);
        Assert.Equal(frames.SelectMany(frame => frame.Detections), joined.SelectMany(frame => frame.Detections));
        Assert.Equal(DetectionMetrics.Evaluate(frames, options).Nds, DetectionMetrics.Evaluate(joined, options).Nds);
    }

    [Fact]
    public void Detections_of_other_frames_are_not_joined()
    {
        var frames = SyntheticFrames.Make(3, 2, 2, 0.7);
        var truth = Store(stream => DetectionsJson.WriteTruth(stream, SyntheticFrames.Classes, frames));
        var other = Store(stream => DetectionsJson.WriteDetections(stream, "int8", SyntheticFrames.Classes, frames[1..]));
        Assert.Equal(DiagnosticCodes.ResultsNotPaired, Assert.Throws<QuantException>(() => DetectionsJson.Join(truth, other)).Code);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{\n \"version\": 1, oops", "(2,16)")]
    [InlineData("[]", "'version' must be 1")]
    [InlineData("{\"version\":2}", "'version' must be 1")]
    [InlineData("{\"version\":1,\"model\":\"a\",\"class_names\":[\"car\"]}", "'frames'")]
    [InlineData("{\"version\":1,\"model\":\"a\",\"class_names\":[\"car\"],\"frames\":[{\"token\":\"t\"}]}", "frames[0] needs")]
    [InlineData("{\"version\":1,\"model\":\"a\",\"class_names\":[\"car\"],\"frames\":[{\"token\":\"t\",\"detections\":[[0,1]]}]}", "frames[0].detections[0]")]
    [InlineData("{\"version\":1,\"model\":\"a\",\"class_names\":[\"car\"],\"frames\":[{\"token\":\"t\",\"detections\":[[1,0.5,1,1,1,1,1,1,1,1,1]]}]}", "label 1")]
    [InlineData("{\"version\":1,\"model\":\"a\",\"class_names\":[\"car\"],\"frames\":[{\"token\":\"t\",\"detections\":[[0,null,1,1,1,1,1,1,1,1,1]]}]}", "[1] (score)")]
    public void A_broken_file_is_named_with_its_defect(string text, string expected)
    {
        File.WriteAllText(path, text);
        var error = Assert.Throws<QuantException>(() => DetectionsJson.Read(path));
        Assert.Equal(DiagnosticCodes.DetectionsFileMalformed, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<QuantException>(() => DetectionsJson.Read(path + ".none"));
        Assert.Contains(path + ".none: error QNT0612", error.Message, StringComparison.Ordinal);
    }

    private StoredFrames Store(Action<Stream> write)
    {
        using (var stream = File.Create(path))
        {
            write(stream);
        }

        Assert.DoesNotContain("NaN", File.ReadAllText(path, Encoding.UTF8), StringComparison.Ordinal);
        return DetectionsJson.Read(path);
    }
}
