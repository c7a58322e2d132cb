using Cake.Cli;
using Cake.Cli.Infrastructure;
using Cake.Common.Modules;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Modules;
using Cake.Core.Scripting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Spectre.Console.Cli;

namespace Cake.Frosting;

/// <summary>The one command of a build program: reads the switches, registers the tasks, runs the target.</summary>
internal sealed class BuildCommand(BuildDefinition definition) : Command<BuildCommandSettings>
{
    public override int Execute(CommandContext context, BuildCommandSettings settings, CancellationToken cancellationToken)
    {
        using var provider = CreateServices(context, settings);
        var log = provider.GetRequiredService<ICakeLog>();
        log.Verbosity = settings.Verbosity;
        try
        {
            Run(provider, settings);
            return 0;
        }
        catch (Exception error)
        {
            // The engine wraps what a task threw; the inner exception carries the exit code.
            var cause = error is CakeReportException { InnerException: { } inner } ? inner : error;
            var exitCode = log.LogException(cause);
            return cause is CakeException ? exitCode : CakeHost.InternalError;
        }
    }

    private static void Run(IServiceProvider provider, BuildCommandSettings settings)
    {
        if (settings.Version)
        {
            ActivatorUtilities.CreateInstance<VersionFeature>(provider, new CakeVersion()).Run(provider.GetRequiredService<IConsole>());
            return;
        }

        if (settings.Info)
        {
            ActivatorUtilities.CreateInstance<InfoFeature>(provider, new CakeVersion()).Run(provider.GetRequiredService<IConsole>());
            return;
        }

        if (provider.GetService<WorkingDirectory>() is { } directory)
        {
            var environment = provider.GetRequiredService<ICakeEnvironment>();
            environment.WorkingDirectory = directory.Path.MakeAbsolute(environment);
        }

        var engine = provider.GetRequiredService<ICakeEngine>();
        var frosting = provider.GetRequiredService<IFrostingContext>();
        TaskRegistration.Register(engine, frosting, [.. provider.GetServices<IFrostingTask>()]);
        LifetimeRegistration.Register(engine, frosting, provider);

        var targets = settings.Targets is [] ? ["Default"] : settings.Targets;
        CheckTargets(engine, targets);

        var host = CreateHost(provider, settings, frosting);
        if (settings.Exclusive)
        {
            host.Settings.UseExclusiveTarget();
        }

        host.RunTargets(targets);
    }

    private static IScriptHost CreateHost(IServiceProvider provider, BuildCommandSettings settings, IFrostingContext context) => settings switch
    {
        { Tree: true } => ActivatorUtilities.CreateInstance<TreeScriptHost>(provider, context),
        { Description: true } => ActivatorUtilities.CreateInstance<DescriptionScriptHost>(provider, context),
        { DryRun: true } => ActivatorUtilities.CreateInstance<DryRunScriptHost<IFrostingContext>>(provider),
        _ => ActivatorUtilities.CreateInstance<BuildScriptHost<IFrostingContext>>(provider),
    };

    private static void CheckTargets(ICakeEngine engine, IEnumerable<string> targets)
    {
        var known = engine.Tasks.Select(task => task.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var unknown = targets.Where(target => !known.Contains(target)).ToList();
        if (unknown is not [])
        {
            throw new CakeException(CakeHost.BadInput, $"The target '{string.Join("', '", unknown)}' was not found. The targets are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
        }
    }

    private ServiceProvider CreateServices(CommandContext context, BuildCommandSettings settings)
    {
        var arguments = context.Remaining.ToCakeArguments(settings.Targets);
        var environment = new CakeEnvironment(new CakePlatform(), new CakeRuntime());
        var configuration = new CakeConfigurationProvider(new FileSystem(), environment)
            .CreateConfiguration(environment.WorkingDirectory, arguments.GetArguments().ToDictionary(pair => pair.Key, pair => pair.Value.LastOrDefault() ?? ""));

        var services = new ServiceCollection();
        services.AddCakeDiagnostics();
        services.UseModule<CoreModule>();
        services.UseModule<CommonModule>();
        services.AddSingleton<ICakeArguments>(arguments);
        services.AddSingleton(configuration);
        services.AddSingleton<ICakeReportPrinter, CakeSpectreReportPrinter>();
        services.AddSingleton<IExecutionStrategy, DefaultExecutionStrategy>();
        services.AddSingleton<IFrostingContext, FrostingContext>();
        foreach (var task in definition.Tasks)
        {
            services.AddSingleton(typeof(IFrostingTask), task);
        }

        services.Add(definition.Services);
        return services.BuildServiceProvider();
    }
}
