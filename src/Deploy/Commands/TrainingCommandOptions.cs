using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Deploy.Pipeline;
using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary>What both trainings take on the command line.</summary>
/// <param name="section">The config section of epochs and rate.</param>
internal sealed partial class TrainingCommandOptions(string section)
{
    private readonly Option<int?> epochs = new("--epochs") { Description = "Passes over the frames." };
    private readonly Option<double?> rate = new("--lr") { Description = "Peak learning rate." };
    private readonly Option<string?> maxTime = new("--max-time") { Description = "Stop after this time and keep what there is, such as 90s, 10m or 2h." };

    public Option<string> Output { get; } = new("--output", "-o") { Description = "The best checkpoint (.pth); the last one goes beside it as NAME.last.pth.", Required = true };

    public Option<bool> Resume { get; } = new("--resume") { Description = "Go on after the last finished epoch of the same training." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Output, epochs, rate, maxTime, Resume })
        {
            command.Options.Add(option);
        }
    }

    public IReadOnlyList<string> Overrides(ParseResult parse) =>
    [
        .. parse.GetValue(epochs) is { } count ? [$"{section}.epochs={count.ToString(CultureInfo.InvariantCulture)}"] : Array.Empty<string>(),
        .. parse.GetValue(rate) is { } lr ? [$"{section}.lr={lr.ToString("R", CultureInfo.InvariantCulture)}"] : Array.Empty<string>(),
    ];

    public TimeSpan? Limit(ParseResult parse)
    {
        if (parse.GetValue(maxTime) is not { } text)
        {
            return null;
        }

        return Duration().Match(text) is { Success: true } match
            ? TimeSpan.FromSeconds(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * match.Groups[2].Value switch { "h" => 3600, "m" => 60, _ => 1 })
            : throw new QuantException(DiagnosticCodes.CommandMisuse, $"--max-time '{text}' is no time; write it as 90s, 10m or 2h");
    }

    public int Finish(CommandHost host, PipelineContext context, ParseResult parse, TrainingState state)
    {
        context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"{state.Epoch} epochs, {state.Step} steps{(state.Best is { } best ? $", best mAP {100 * best:F2}" : "")}: {parse.GetValue(Output)}"));
        if (parse.GetValue(host.Options.Json))
        {
            host.Output.Write(JsonFile.Text(state));
        }

        return ExitCodes.Ok;
    }

    [GeneratedRegex("^([0-9]{1,7})([smh])$")]
    private static partial Regex Duration();
}
