using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Build.Tests.Fakes;

/// <summary>Runs a host in this process and keeps what it did and printed.</summary>
internal sealed class TestBuild
{
    public Journal Journal { get; } = new();

    public RecordingLog Log { get; } = new();

    public RecordingConsole Console { get; } = new();

    /// <summary>Runs fake tasks.</summary>
    public int Run(Type[] tasks, string[] arguments, Action<CakeHost>? configure = null)
    {
        var host = new CakeHost();
        host.AddAssembly(new FakeAssembly(tasks));
        configure?.Invoke(host);
        return Run(host, arguments);
    }

    /// <summary>Runs a host.</summary>
    public int Run(CakeHost host, string[] arguments)
    {
        host.ConfigureServices(services => services
            .AddSingleton(Journal)
            .AddSingleton<ICakeLog>(Log)
            .AddSingleton<IConsole>(Console)
            .AddSingleton(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Output), Ansi = AnsiSupport.No })));
        return host.Run(arguments);
    }

    /// <summary>What was printed as tables.</summary>
    public StringWriter Output { get; } = new();
}
