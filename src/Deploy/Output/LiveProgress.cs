using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Deploy.Output;

/// <summary>
/// The bars of a live terminal. Steps may lie inside each other (a search that calibrates), and Spectre.Console draws one display at a time, so all
/// open steps share one that ends with the last of them.
/// </summary>
internal sealed class LiveProgress(IAnsiConsole console)
{
    private readonly Lock gate = new();
    private int open;
    private ProgressContext? bars;
    private TaskCompletionSource end = new();
    private Task display = Task.CompletedTask;

    /// <summary>True while bars are drawn: other text must then go through the console, which moves them.</summary>
    public bool IsDrawn => open > 0;

    public ProgressTask Open(string what, int total)
    {
        lock (gate)
        {
            if (open++ == 0)
            {
                Start();
            }

            return bars!.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
        }
    }

    public void Close(ProgressTask bar)
    {
        lock (gate)
        {
            bar.StopTask();
            if (--open == 0)
            {
                end.SetResult();
                display.GetAwaiter().GetResult();
            }
        }
    }

    private void Start()
    {
        var ready = new TaskCompletionSource<ProgressContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var finished = end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var progress = console.Progress().AutoClear(true).HideCompleted(true).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = 16 },
            new CountColumn(),
            new RateColumn(),
            new RemainingTimeColumn());
        display = Task.Run(() => progress.StartAsync(context =>
        {
            ready.SetResult(context);
            return finished.Task;
        }));
        bars = Task.WhenAny(ready.Task, display).GetAwaiter().GetResult() == ready.Task ? ready.Task.Result : throw new InvalidOperationException("the progress display ended before it began", display.Exception);
    }

    private sealed class CountColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(string.Create(CultureInfo.InvariantCulture, $"{task.Value:F0}/{task.MaxValue:F0}"));
    }

    private sealed class RateColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(task.Speed is { } speed ? string.Create(CultureInfo.InvariantCulture, $"{speed:F1}/s") : "");
    }
}
