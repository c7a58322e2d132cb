// Stands in for `deploy run --to STAGE --request FILE --result FILE`: appends "MODEL STAGE" to calls.log in the current folder, leaves
// one file for every stage, and does what comment lines of the config order:
//   # fake: diagnostic STAGE error|warning CODE LINE COLUMN TEXT   (an error ends with 2, a 07xx with 1)
//   # fake: crash STAGE      ends with 139 and no result
//   # fake: hang STAGE       writes worker.pid and half a file, starts a child, and waits
//   # fake: version STAGE    a result of version 99
//   # fake: input PATH       one more input, relative to the config
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

if (args is ["child"])
{
    Thread.Sleep(Timeout.Infinite);
}

string[] steps = ["correct", "export", "compare", "engine", "report"];
string Option(string name) => args[Array.IndexOf(args, name) + 1];
var (stage, resultFile) = (Option("--to"), Option("--result"));
using var request = JsonDocument.Parse(File.ReadAllText(Option("--request")));
var config = request.RootElement.GetProperty("config").GetString()!;
var work = request.RootElement.GetProperty("work_dir").GetString()!;
var here = Directory.GetCurrentDirectory();
File.AppendAllText(Path.Combine(here, "calls.log"), $"{Path.GetFileName(config)} {stage}\n");
Console.Error.WriteLine($"{stage} …");

var orders = File.Exists(config)
    ? File.ReadLines(config).Where(line => line.StartsWith("# fake: ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2..]).ToList()
    : [];
var mine = orders.Where(order => order.Length > 1 && order[1] == stage).ToList();
if (mine.Exists(order => order[0] == "crash"))
{
    Console.Error.WriteLine("Segmentation fault in libtorch_cpu.so");
    return 139;
}

if (mine.Exists(order => order[0] == "hang"))
{
    Directory.CreateDirectory(work);
    File.WriteAllText(Path.Combine(work, ".tmp-half.onnx"), "half");
    using var child = Process.Start(Environment.ProcessPath!, [.. Environment.ProcessPath!.Contains("dotnet", StringComparison.Ordinal) ? [typeof(Program).Assembly.Location] : Array.Empty<string>(), "child"]);
    File.WriteAllText(Path.Combine(here, "worker.pid.tmp"), $"{Environment.ProcessId} {child.Id}");
    File.Move(Path.Combine(here, "worker.pid.tmp"), Path.Combine(here, "worker.pid"));
    Thread.Sleep(Timeout.Infinite);
}

var diagnostics = mine.Where(order => order[0] == "diagnostic").Select(order => new
{
    severity = order[2],
    code = order[3],
    message = string.Join(' ', order[6..]),
    file = order[4] == "0" ? null : Path.GetRelativePath(here, config),
    line = int.Parse(order[4], CultureInfo.InvariantCulture),
    column = int.Parse(order[5], CultureInfo.InvariantCulture),
}).ToList();
foreach (var item in diagnostics)
{
    Console.Error.WriteLine($"{item.file ?? "deploy"}({item.line},{item.column}): {item.severity} {item.code}: {item.message}");
}

var failed = diagnostics.Find(item => item.severity == "error");
var exitCode = failed is null ? 0 : failed.code.StartsWith("QNT07", StringComparison.Ordinal) ? 1 : 2;
var outputs = new List<string>();
if (exitCode != 2)
{
    foreach (var step in steps[..(Array.IndexOf(steps, stage) + 1)])
    {
        foreach (var name in step switch { "engine" => new[] { "engine.json", "engine/int8/model.engine" }, "report" => ["gate.json", "junit.xml", "report.md"], _ => [$"{step}.json"] })
        {
            var file = Path.Combine(work, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            outputs.Add(file);
            if (!File.Exists(file))
            {
                File.WriteAllText(file, stage);
            }
        }
    }

    File.WriteAllText(Path.Combine(work, "deploy.log"), stage);
}

var inputs = new[] { config }.Concat(orders.Where(order => order[0] == "input").Select(order => Path.GetFullPath(order[1], Path.GetDirectoryName(config)!)));
var version = mine.Exists(order => order[0] == "version") ? 99 : 1;
File.WriteAllText(resultFile, JsonSerializer.Serialize(new { version, exit_code = exitCode, tool = "fake", work_dir = work, inputs, outputs, diagnostics }));
return exitCode;
