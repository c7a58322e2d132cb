using System.Globalization;
using Spectre.Console;

namespace Deploy.Output;

/// <summary>The progress of one step: a bar on a live terminal, a line for every quarter elsewhere; both with rate and time left.</summary>
public sealed class ProgressLine : IDisposable
{
    private readonly LiveProgress? live;
    private readonly ProgressTask? bar;
    private readonly Action<string> write;
    private readonly string what;
    private readonly int total;
    private readonly TimeProvider clock;
    private readonly long start;
    private int done;
    private int lastQuarter;

    internal ProgressLine(LiveProgress? live, Action<string> write, string what, int total, TimeProvider clock)
    {
        (this.live, this.write, this.what, this.total, this.clock) = (live, write, what, total, clock);
        bar = live?.Open(what, total);
        start = clock.GetTimestamp();
    }

    /// <summary>One more item is done.</summary>
    public void Step() => At(done + 1);

    /// <summary>So many items are done.</summary>
    public void At(int count)
    {
        done = count;
        if (bar is not null)
        {
            bar.Value = count;
            return;
        }

        var quarter = total == 0 ? 4 : 4 * done / total;
        if (quarter > lastQuarter)
        {
            lastQuarter = quarter;
            write($"  {Text()}");
        }
    }

    /// <summary>Passes items through and counts them.</summary>
    public IEnumerable<T> Over<T>(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        foreach (var item in items)
        {
            yield return item;
            Step();
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        if (bar is not null)
        {
            live!.Close(bar);
        }
    }

    private string Text()
    {
        var seconds = clock.GetElapsedTime(start).TotalSeconds;
        var rate = seconds > 0 ? done / seconds : 0;
        var left = rate > 0 ? (total - done) / rate : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{what} {done}/{total} {rate:F1}/s, {left:F0} s left");
    }
}
