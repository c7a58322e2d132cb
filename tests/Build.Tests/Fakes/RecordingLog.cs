using System.Globalization;
using Cake.Core.Diagnostics;

namespace Build.Tests.Fakes;

/// <summary>Keeps what Cake logs.</summary>
internal sealed class RecordingLog : ICakeLog
{
    private readonly List<string> lines = [];

    public Verbosity Verbosity { get; set; }

    public string Text => string.Join('\n', lines);

    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args) =>
        lines.Add(args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args));
}
