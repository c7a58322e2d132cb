using Deploy.Commands;
using Deploy.Pipeline;

var interactive = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
return await DeployCommandLine.RunAsync(args, Surroundings.Read(), Console.Out, Console.Error, interactive).ConfigureAwait(false);
