using Build.Tests.Fakes;
using Cake.Core;
using Cake.Frosting;
using Xunit;

namespace Build.Tests.Frosting;

public sealed class LifetimeTests
{
    private readonly TestBuild build = new();

    [Fact]
    public void Lifetimes_surround_the_build_and_each_task()
    {
        Assert.Equal(0, build.Run([typeof(First), typeof(Second)], ["--target=Second"], UseBoth));

        Assert.Equal(
            ["setup of Second, 2 tasks", "before First", "First", "after First", "before Second", "Second", "after Second", "teardown True"],
            build.Journal.Lines);
    }

    [Fact]
    public void Teardown_runs_after_a_failure_and_knows_of_it()
    {
        Assert.Equal(9, build.Run([typeof(Fails)], ["--target=Fails"], UseBoth));

        Assert.Equal(["setup of Fails, 1 tasks", "before Fails", "after Fails", "teardown False"], build.Journal.Lines);
    }

    [Fact]
    public void A_failing_setup_ends_the_build_with_its_exit_code()
    {
        Assert.Equal(3, build.Run([typeof(First)], ["--target=First"], host => host.UseContext<OwnContext>().UseSetup<FailingSetup>()));

        Assert.Contains("no tool", build.Log.Text, StringComparison.Ordinal);
        Assert.Empty(build.Journal.Lines);
    }

    private static void UseBoth(CakeHost host) => host.UseContext<OwnContext>().UseLifetime<Lifetime>().UseTaskLifetime<TaskLifetime>();

    private sealed class OwnContext(ICakeContext context) : FrostingContext(context);

    private sealed class First(Journal journal) : FrostingTask<OwnContext>
    {
        public override void Run(OwnContext context) => journal.Add("First");
    }

    [IsDependentOn(typeof(First))]
    private sealed class Second(Journal journal) : FrostingTask<OwnContext>
    {
        public override void Run(OwnContext context) => journal.Add("Second");
    }

    private sealed class Fails : FrostingTask<OwnContext>
    {
        public override void Run(OwnContext context) => throw new CakeException(9, "broken");
    }

    private sealed class Lifetime(Journal journal) : FrostingLifetime<OwnContext>
    {
        public override void Setup(OwnContext context, ISetupContext info) =>
            journal.Add($"setup of {info.TargetTask.Name}, {info.TasksToExecute.Count} tasks");

        public override void Teardown(OwnContext context, ITeardownContext info) => journal.Add($"teardown {info.Successful}");
    }

    private sealed class TaskLifetime(Journal journal) : FrostingTaskLifetime<OwnContext>
    {
        public override void Setup(OwnContext context, ITaskSetupContext info) => journal.Add($"before {info.Task.Name}");

        public override void Teardown(OwnContext context, ITaskTeardownContext info) => journal.Add($"after {info.Task.Name}");
    }

    private sealed class FailingSetup : FrostingSetup<ICakeContext>
    {
        public override void Setup(ICakeContext context, ISetupContext info) => throw new CakeException(3, "no tool");
    }
}
