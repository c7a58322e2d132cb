using Deploy.Commands;
using Deploy.Pipeline;

var interactive = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
// Questions need no colours, but eyes and hands.
var answers = Console.IsErrorRedirected || Console.IsInputRedirected ? null : Console.In;
return await DeployCommandLine.RunAsync(args, Surroundings.Read(), Console.Out, Console.Error, interactive, answers).ConfigureAwait(false);
