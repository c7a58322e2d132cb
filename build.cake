// A door to the build program in build/: hands over the command line as it was typed, Cake's own switches included,
// and ends with the program's exit code. A CakeException would turn every failure into exit code 1.
using System.Diagnostics;

var typed = Environment.GetCommandLineArgs().Skip(1);
var forwarded = typed.Where((argument, index) => index > 0 || !argument.EndsWith(".cake", StringComparison.OrdinalIgnoreCase));

var root = Context.Environment.WorkingDirectory.FullPath;
var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
var program = new ProcessStartInfo(dotnet, ["run", "--project", System.IO.Path.Combine(root, "build", "Build.csproj"), "--", .. forwarded]);

// Ctrl+C reaches the program too; wait until it has ended cleanly.
Console.CancelKeyPress += (_, e) => e.Cancel = true;

var process = Process.Start(program);
process.WaitForExit();
Environment.Exit(process.ExitCode);
