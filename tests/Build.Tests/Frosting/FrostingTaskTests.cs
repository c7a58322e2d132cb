using Build.Tests.Fakes;
using Cake.Core;
using Cake.Frosting;
using Xunit;

namespace Build.Tests.Frosting;

public sealed class FrostingTaskTests
{
    private readonly TestBuild build = new();

    [Fact]
    public void A_task_whose_criterion_is_false_is_skipped_with_its_message()
    {
        Assert.Equal(0, build.Run([typeof(Skipped), typeof(After)], ["--target=After"]));

        Assert.Equal(["after"], build.Journal.Lines);
        Assert.Contains("nothing to do today", build.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OnError_handles_the_failure_and_the_build_goes_on()
    {
        Assert.Equal(0, build.Run([typeof(Handles), typeof(AfterHandles)], ["--target=AfterHandles"]));

        Assert.Equal(["handled broken", "finally", "after"], build.Journal.Lines);
    }

    [Fact]
    public void Finally_runs_after_a_failure_and_the_failure_stays()
    {
        Assert.Equal(7, build.Run([typeof(FailsWithFinally)], ["--target=FailsWithFinally"]));

        Assert.Equal(["finally"], build.Journal.Lines);
    }

    [Fact]
    public void An_asynchronous_task_has_criteria_and_handlers_too()
    {
        Assert.Equal(0, build.Run([typeof(AsyncHandles)], ["--target=AsyncHandles"]));

        Assert.Equal(["should run", "handled broken", "finally"], build.Journal.Lines);
    }

    [Fact]
    public void ContinueOnError_lets_the_next_task_run()
    {
        Assert.Equal(0, build.Run([typeof(Tolerated), typeof(AfterTolerated)], ["--target=AfterTolerated"]));

        Assert.Equal(["after"], build.Journal.Lines);
    }

    [Fact]
    public void A_failure_stops_the_tasks_after_it()
    {
        Assert.Equal(7, build.Run([typeof(FailsWithFinally), typeof(AfterFailure)], ["--target=AfterFailure"]));

        Assert.Equal(["finally"], build.Journal.Lines);
    }

    [Fact]
    public void A_task_with_another_context_type_is_an_error_that_names_both_types()
    {
        Assert.NotEqual(0, build.Run([typeof(After), typeof(WantsOwnContext)], ["--target=After"]));

        Assert.Contains("'WantsOwnContext' asks for the context OwnContext, but the build's context is FrostingContext", build.Log.Text, StringComparison.Ordinal);
        Assert.Empty(build.Journal.Lines);
    }

    [Fact]
    public void A_task_is_given_the_context_type_of_the_host()
    {
        Assert.Equal(0, build.Run([typeof(WantsOwnContext)], ["--target=WantsOwnContext"], host => host.UseContext<OwnContext>()));

        Assert.Equal(["own"], build.Journal.Lines);
    }

    [Fact]
    public void A_dependency_that_is_no_task_is_an_error()
    {
        Assert.NotEqual(0, build.Run([typeof(DependsOnText)], ["--target=DependsOnText"]));

        Assert.Contains("'DependsOnText' names String as a dependency, which is no task", build.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dependency_outside_the_build_is_an_error()
    {
        Assert.NotEqual(0, build.Run([typeof(After)], ["--target=After"]));

        Assert.Contains("Skipped", build.Log.Text, StringComparison.Ordinal);
        Assert.Empty(build.Journal.Lines);
    }

    private sealed class Skipped(Journal journal) : FrostingTask
    {
        public override string SkippedMessage => "nothing to do today";

        public override bool ShouldRun(ICakeContext context) => false;

        public override void Run(ICakeContext context) => journal.Add("skipped");
    }

    [IsDependentOn(typeof(Skipped))]
    private sealed class After(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("after");
    }

    private sealed class Handles(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException(5, "broken");

        public override void OnError(Exception exception, ICakeContext context) => journal.Add($"handled {exception.Message}");

        public override void Finally(ICakeContext context) => journal.Add("finally");
    }

    [IsDependentOn(typeof(Handles))]
    private sealed class AfterHandles(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("after");
    }

    private sealed class FailsWithFinally(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException(7, "broken");

        public override void Finally(ICakeContext context) => journal.Add("finally");
    }

    [IsDependentOn(typeof(FailsWithFinally))]
    private sealed class AfterFailure(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("after");
    }

    private sealed class AsyncHandles(Journal journal) : AsyncFrostingTask
    {
        public override bool ShouldRun(ICakeContext context)
        {
            journal.Add("should run");
            return true;
        }

        public override Task RunAsync(ICakeContext context) => throw new CakeException(5, "broken");

        public override void OnError(Exception exception, ICakeContext context) => journal.Add($"handled {exception.Message}");

        public override void Finally(ICakeContext context) => journal.Add("finally");
    }

    [ContinueOnError]
    private sealed class Tolerated : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException(5, "broken");
    }

    [IsDependentOn(typeof(Tolerated))]
    private sealed class AfterTolerated(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("after");
    }

    private sealed class OwnContext(ICakeContext context) : FrostingContext(context);

    private sealed class WantsOwnContext(Journal journal) : FrostingTask<OwnContext>
    {
        public override void Run(OwnContext context) => journal.Add("own");
    }

    [IsDependentOn(typeof(string))]
    private sealed class DependsOnText : FrostingTask;
}
