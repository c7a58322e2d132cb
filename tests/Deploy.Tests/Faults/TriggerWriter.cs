namespace Deploy.Tests.Faults;

/// <summary>Does something once, at the moment when a program prints a line.</summary>
internal sealed class TriggerWriter(string line, Action action) : StringWriter
{
    private bool done;

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (!done && value == line)
        {
            done = true;
            action();
        }
    }
}
