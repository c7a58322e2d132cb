using System.Globalization;

namespace Deploy.Output;

/// <summary>The progress of one step: a line that redraws itself on a terminal, a few plain lines elsewhere.</summary>
public sealed class ProgressLine : IDisposable
{
    private readonly TextWriter error;
    private readonly string what;
    private readonly int total;
    private readonly bool live;
    private readonly bool shown;
    private readonly TimeProvider clock;
    private readonly long start;
    private int done;
    private int lastQuarter;
    private long lastDraw;

    internal ProgressLine(TextWriter error, string what, int total, bool live, bool shown, TimeProvider clock)
    {
        (this.error, this.what, this.total, this.live, this.shown, this.clock) = (error, what, total, live, shown, clock);
        start = clock.GetTimestamp();
    }

    /// <summary>One more item is done.</summary>
    public void Step() => At(done + 1);

    /// <summary>So many items are done.</summary>
    public void At(int count)
    {
        done = count;
        if (!shown)
        {
            return;
        }

        if (live)
        {
            if (done >= total || clock.GetElapsedTime(lastDraw) > TimeSpan.FromMilliseconds(100))
            {
                lastDraw = clock.GetTimestamp();
                error.Write($"\r  {Bar()} {Text()}\u001b[K");
            }

            return;
        }

        var quarter = total == 0 ? 4 : 4 * done / total;
        if (quarter > lastQuarter)
        {
            lastQuarter = quarter;
            error.WriteLine($"  {Text()}");
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

    /// <summary>Ends the live line.</summary>
    public void Dispose()
    {
        if (live && shown && done > 0)
        {
            error.Write("\r\u001b[K");
        }
    }

    private string Bar()
    {
        var filled = total == 0 ? 20 : Math.Min(20, 20 * done / total);
        return $"[{new string('#', filled)}{new string('.', 20 - filled)}]";
    }

    private string Text()
    {
        var seconds = clock.GetElapsedTime(start).TotalSeconds;
        var rate = seconds > 0 ? done / seconds : 0;
        var left = rate > 0 ? (total - done) / rate : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{what} {done}/{total} {rate:F1}/s, {left:F0} s left");
    }
}
