using Deploy.Configuration;
using Deploy.Tests.Commands;
using Testing;
using Xunit;

namespace Deploy.Tests.Onboarding;

/// <summary>What <c>deploy init</c> asks, and what it makes of the answers. The sample's checkpoint carries no training config, so that much is unknown.</summary>
public sealed class QuestionTests : IDisposable
{
    private static readonly string Sample = Path.Combine(Repository.Root, "samples", "centerpoint_sim", "centerpoint_tiny.pth");

    private readonly TempFolder work = new();

    private string Made => File.ReadAllText(work.File("configs/made.yaml"));

    public void Dispose() => work.Dispose();

    [Fact]
    public void Each_unknown_is_asked_once_with_its_default()
    {
        var result = Init("");

        var questions = Questions(result).ToList();
        Assert.Equal(questions.Distinct(), questions);
        Assert.Contains("voxel_size, metres [[0.24, 0.24, 8.0]]", questions);
        Assert.Contains("max_num_points in a pillar [32]", questions);
        Assert.Contains("folder of the calibration and validation frames", questions);
        Assert.Contains("sweeps_num, earlier sweeps joined to a frame [0]", questions);
    }

    [Fact]
    public void An_answer_is_taken_and_its_key_is_no_longer_marked()
    {
        Directory.CreateDirectory(work.File("frames"));
        var answers = Answers(Init(""), question => question switch
        {
            _ when question.StartsWith("voxel_size", StringComparison.Ordinal) => "  [0.4, 0.4, 8.0]  ",
            _ when question.StartsWith("point_cloud_range", StringComparison.Ordinal) => "[-51.2, -51.2, -3.0, 51.2, 51.2, 5.0]",
            _ when question.StartsWith("folder of", StringComparison.Ordinal) => work.File("frames"),
            _ => "",
        });

        var result = Init(answers, "--force");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("\n  voxel_size: [0.4, 0.4, 8.0]\n", Made, StringComparison.Ordinal);
        Assert.Contains("  calibration: {root: ../frames, num_frames: 100}\n", Made, StringComparison.Ordinal);
        Assert.Equal([-51.2, -51.2, -3, 51.2, 51.2, 5], ConfigLoader.Load(work.File("configs/made.yaml"), []).Config.Model.PointCloudRange.Select(value => Math.Round(value, 4)));
        Assert.DoesNotContain("CHECK: voxel_size", Made, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_answer_means_the_default_that_was_shown()
    {
        var result = Init(new string('\n', 40));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("\n  max_num_points: 32\n", Made, StringComparison.Ordinal);
        Assert.DoesNotContain("max_num_points in a pillar", Made, StringComparison.Ordinal);
    }

    [Fact]
    public void When_the_input_ends_what_was_not_answered_is_marked()
    {
        var result = Init("");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("# CHECK: max_num_points in a pillar", Made, StringComparison.Ordinal);
        Assert.Contains("marked CHECK in the file", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_makes_no_model_leaves_nothing_behind()
    {
        var answers = Answers(Init(""), question => question.StartsWith("voxel_size", StringComparison.Ordinal) ? "[0.3]" : "");
        File.Delete(work.File("configs/made.yaml"));

        var result = Init(answers);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("QNT0223", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(work.File("configs")));
    }

    [Theory]
    [InlineData("--quiet")]
    [InlineData("--json")]
    public void Nobody_is_asked_where_a_program_reads(string option)
    {
        var result = Init("[0.4, 0.4, 8.0]\n", option);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Empty(Questions(result));
        Assert.Contains("# CHECK: voxel_size", Made, StringComparison.Ordinal);
    }

    private DeployRunner Init(string answers, params string[] more) => DeployRunner.Answering(answers, ["init", "--checkpoint", Sample, "--output", work.File("configs/made.yaml"), .. more]);

    /// <summary>The questions in a run's text: each ends with a colon and a space, and the line that a keyboard would end goes on with the next and then with what was written.</summary>
    private static IEnumerable<string> Questions(DeployRunner run) => run.Error.Split('\n')[0].Split(": ").SkipLast(1).TakeWhile(part => !part.EndsWith("made.yaml", StringComparison.Ordinal));

    private static string Answers(DeployRunner asked, Func<string, string> answer) => string.Concat(Questions(asked).Select(question => answer(question) + "\n"));
}
