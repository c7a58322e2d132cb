using System.Reflection;
using Cake.Cli;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Cake.Frosting;

/// <summary>Runs the tasks of a build program.</summary>
public sealed class CakeHost
{
    /// <summary>The exit code for a command line that cannot be followed.</summary>
    internal const int BadInput = 2;

    /// <summary>The exit code for an exception that carries none.</summary>
    internal const int InternalError = 4;

    private readonly ServiceCollection services = new();
    private readonly HashSet<Assembly> assemblies = [];

    /// <summary>Creates a host that finds its tasks in the program's own assembly.</summary>
    public CakeHost()
    {
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            assemblies.Add(entry);
        }
    }

    /// <summary>Adds an assembly whose exported task classes belong to the build.</summary>
    public CakeHost AddAssembly(Assembly assembly)
    {
        assemblies.Add(assembly);
        return this;
    }

    /// <summary>Adds services that tasks, lifetimes and the context may ask for in their constructors.</summary>
    public CakeHost ConfigureServices(Action<IServiceCollection> configureServices)
    {
        ArgumentNullException.ThrowIfNull(configureServices);
        configureServices(services);
        return this;
    }

    /// <summary>Runs the build.</summary>
    /// <param name="args">The command line, for example <c>--target=Build</c>.</param>
    /// <returns>0; the exit code of a <see cref="Core.CakeException"/> that a task threw; 2 for a command line that cannot be read; 4 for any other exception.</returns>
    public int Run(IEnumerable<string> args)
    {
        var registrar = new TypeRegistrar();
        registrar.RegisterInstance(typeof(BuildDefinition), new BuildDefinition(services, [.. assemblies.SelectMany(TaskTypes)]));

        var app = new CommandApp<BuildCommand>(registrar);
        app.Configure(config => config.SetApplicationName("build").PropagateExceptions());
        try
        {
            return app.Run(args);
        }
        catch (CommandAppException error)
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            console.Write(error.Pretty ?? new Text($"Error: {error.Message}{Environment.NewLine}"));
            return BadInput;
        }
    }

    private static IEnumerable<Type> TaskTypes(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IFrostingTask)));
}
