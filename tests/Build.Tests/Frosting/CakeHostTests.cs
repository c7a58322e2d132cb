using Build.Tests.Fakes;
using Cake.Core;
using Cake.Frosting;
using Xunit;

namespace Build.Tests.Frosting;

public sealed class CakeHostTests
{
    private static readonly Type[] Diamond = [typeof(Top), typeof(Left), typeof(Right), typeof(Bottom), typeof(BeforeBottom)];

    private readonly TestBuild build = new();

    [Fact]
    public void Dependencies_run_before_a_task_and_each_runs_once()
    {
        Assert.Equal(0, build.Run(Diamond, ["--target=Top"]));

        Assert.Equal(["BeforeBottom", "Bottom", "Left", "Right", "Top"], build.Journal.Lines);
    }

    [Fact]
    public void Exclusive_runs_the_target_alone()
    {
        Assert.Equal(0, build.Run(Diamond, ["--exclusive", "--target=Top"]));

        Assert.Equal(["Top"], build.Journal.Lines);
    }

    [Fact]
    public void Several_targets_share_their_dependencies()
    {
        Assert.Equal(0, build.Run(Diamond, ["--target=Right", "--target=Left"]));

        Assert.Equal(["BeforeBottom", "Bottom", "Left", "Right"], build.Journal.Lines);
    }

    [Fact]
    public void Without_a_target_the_task_Default_runs()
    {
        Assert.Equal(0, build.Run([typeof(Default)], []));

        Assert.Equal(["Default"], build.Journal.Lines);
    }

    [Theory]
    [InlineData("--dryrun")]
    [InlineData("--tree")]
    [InlineData("--description")]
    public void A_look_at_the_tasks_runs_none(string option)
    {
        Assert.Equal(0, build.Run(Diamond, ["--target=Top", option]));

        Assert.Empty(build.Journal.Lines);
        var printed = build.Log.Text + build.Console.Text + build.Output;
        Assert.All(["Top", "Left", "Right", "The bottom"], name => Assert.Contains(name, printed, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_target_is_bad_input_and_the_known_ones_are_listed()
    {
        Assert.Equal(2, build.Run(Diamond, ["--target=Tpo"]));

        Assert.Contains("'Tpo' was not found. The targets are: BeforeBottom, Left, Right, The bottom, Top.", build.Log.Text, StringComparison.Ordinal);
        Assert.Empty(build.Journal.Lines);
    }

    [Theory]
    [InlineData("--target=")]
    [InlineData("Top")]
    [InlineData("--verbosity=loud")]
    public void A_command_line_that_cannot_be_read_is_bad_input(string argument) => Assert.Equal(2, build.Run(Diamond, [argument]));

    [Theory]
    [InlineData(typeof(FailsWithThree), 3)]
    [InlineData(typeof(FailsWithoutCode), 1)]
    [InlineData(typeof(FailsUnexpectedly), 4)]
    [InlineData(typeof(FailsAsynchronously), 130)]
    public void The_exit_code_is_that_of_the_tasks_exception(Type task, int exitCode)
    {
        Assert.Equal(exitCode, build.Run([task], [$"--target={task.Name}"]));

        Assert.Contains("went wrong", build.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_are_created_with_the_services_of_the_host()
    {
        Assert.Equal(0, build.Run([typeof(Top), typeof(Left), typeof(Right), typeof(Bottom), typeof(BeforeBottom)], ["--target=The bottom"]));

        Assert.Equal(["BeforeBottom", "Bottom"], build.Journal.Lines);
    }

    [Fact]
    public void A_relative_working_directory_starts_at_the_current_folder()
    {
        // Cake changes the folder of the whole process, so this goes out and back in.
        var current = Environment.CurrentDirectory;

        Assert.Equal(0, build.Run([typeof(WritesFolder)], ["--target=WritesFolder"], host => host.UseWorkingDirectory($"../{Path.GetFileName(current)}")));

        Assert.Equal([current.Replace('\\', '/')], build.Journal.Lines);
    }

    [Fact]
    public void Other_arguments_reach_the_tasks_unchanged()
    {
        Assert.Equal(0, build.Run([typeof(WritesArguments)], ["--target=WritesArguments", "--set=a=1 \"x\"", "--set", "b=2"]));

        Assert.Equal(["a=1 \"x\"", "b=2"], build.Journal.Lines);
    }

    [IsDependentOn(typeof(Left))]
    [IsDependentOn(typeof(Right))]
    private sealed class Top(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("Top");
    }

    [IsDependentOn(typeof(Bottom))]
    private sealed class Left(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("Left");
    }

    [IsDependentOn(typeof(Bottom))]
    private sealed class Right(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("Right");
    }

    [TaskName("The bottom")]
    private sealed class Bottom(Journal journal) : AsyncFrostingTask
    {
        public override async Task RunAsync(ICakeContext context)
        {
            await Task.Yield();
            journal.Add("Bottom");
        }
    }

    [IsDependeeOf(typeof(Bottom))]
    private sealed class BeforeBottom(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("BeforeBottom");
    }

    private sealed class Default(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("Default");
    }

    private sealed class FailsWithThree : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException(3, "it went wrong");
    }

    private sealed class FailsWithoutCode : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException("it went wrong");
    }

    private sealed class FailsUnexpectedly : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new InvalidOperationException("it went wrong");
    }

    private sealed class FailsAsynchronously : AsyncFrostingTask
    {
        public override async Task RunAsync(ICakeContext context)
        {
            await Task.Yield();
            throw new CakeException(130, "it went wrong");
        }
    }

    private sealed class WritesFolder(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add(context.Environment.WorkingDirectory.FullPath);
    }

    private sealed class WritesArguments(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Lines.AddRange(context.Arguments.GetArguments("set"));
    }
}
