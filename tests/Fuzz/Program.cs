using System.Diagnostics;
using System.Globalization;
using Fuzz;

// dotnet run -c Release --project tests/Fuzz -- [--reader NAME] [--count N] [--seconds S] [--seed N]
string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
int Number(string name, string otherwise) => int.Parse(Option(name, otherwise), CultureInfo.InvariantCulture);

var (reader, count, seconds, seed) = (Option("--reader", ""), Number("--count", "10000"), Number("--seconds", "3600"), Number("--seed", "1"));
var folder = Directory.CreateTempSubdirectory("quant-fuzz-").FullName;
var faults = 0;
try
{
    Console.WriteLine("| reader | inputs | accepted | refused by code | faults | slowest, ms | most memory of one input, MiB |\n|---|---|---|---|---|---|---|");
    foreach (var target in FuzzTargets.All(folder).Where(target => reader.Length == 0 || target.Name == reader))
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length;
        var result = FuzzRunner.Run(target, count, TimeSpan.FromSeconds(seconds), seed);
        var refused = string.Join(", ", result.Refused.Select(item => $"{item.Key} {item.Value}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {target.Name} | {result.Inputs} | {result.Accepted} | {refused} | {result.Faults.Count} | {result.Slowest.TotalMilliseconds:F0} | {result.MostBytes / 1048576.0:F1} |"));
        foreach (var (what, input) in result.Faults.Take(5))
        {
            Console.Error.WriteLine($"{target.Name}: {what}\n  {input}");
        }

        // Readers write nothing: only the harness's own input file may be new.
        var added = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length - files;
        faults += result.Faults.Count + (added > 1 ? 1 : 0);
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

using var process = Process.GetCurrentProcess();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\npeak memory of the process: {process.PeakWorkingSet64 >> 20} MiB; faults: {faults}"));
return faults == 0 ? 0 : 1;
