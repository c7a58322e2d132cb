using System.Globalization;
using System.Text;
using Cake.Core;

namespace Build.Tests.Fakes;

/// <summary>Keeps what Cake prints.</summary>
internal sealed class RecordingConsole : IConsole
{
    private readonly StringBuilder text = new();

    public string Text => text.ToString();

    public ConsoleColor ForegroundColor { get; set; }

    public ConsoleColor BackgroundColor { get; set; }

    public bool SupportAnsiEscapeCodes => false;

    public void Write(string format, params object[] arg) => text.AppendFormat(CultureInfo.InvariantCulture, format, arg);

    public void WriteLine(string format, params object[] arg) => text.AppendFormat(CultureInfo.InvariantCulture, format, arg).Append('\n');

    public void WriteError(string format, params object[] arg) => Write(format, arg);

    public void WriteErrorLine(string format, params object[] arg) => WriteLine(format, arg);

    public void ResetColor()
    {
    }
}
