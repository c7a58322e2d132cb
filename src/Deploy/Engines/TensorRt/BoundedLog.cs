using System.Globalization;
using System.Text;

namespace Deploy.Engines.TensorRt;

/// <summary>Collects lines of two streams; of a flood it keeps the beginning and the end. Safe to use from several threads.</summary>
/// <param name="halfCapacity">Characters kept of the beginning, and of the end.</param>
internal sealed class BoundedLog(int halfCapacity)
{
    private readonly StringBuilder head = new();
    private readonly Queue<string> tail = new();
    private readonly Lock gate = new();
    private int tailLength;
    private long leftOut;

    /// <summary>Adds a line.</summary>
    public void Add(string line)
    {
        lock (gate)
        {
            if (tail.Count == 0 && head.Length + line.Length < halfCapacity)
            {
                head.Append(line).Append('\n');
                return;
            }

            tail.Enqueue(line);
            tailLength += line.Length + 1;
            while (tailLength > halfCapacity && tail.Count > 1)
            {
                tailLength -= tail.Dequeue().Length + 1;
                leftOut++;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (gate)
        {
            var text = new StringBuilder(head.ToString());
            if (leftOut > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"({leftOut} lines left out)\n");
            }

            foreach (var line in tail)
            {
                text.Append(line).Append('\n');
            }

            return text.ToString();
        }
    }
}
