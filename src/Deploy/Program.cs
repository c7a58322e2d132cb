using System.CommandLine;
using Deploy.Commands;
using Deploy.Pipeline;

var interactive = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
return await DeployCommandLine.Create(Surroundings.Read(), Console.Out, Console.Error, interactive).Parse(args).InvokeAsync().ConfigureAwait(false);
