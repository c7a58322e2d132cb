using Cake.Core.IO;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting;

/// <summary>What a build program says about itself before it runs.</summary>
public static class CakeHostExtensions
{
    /// <summary>Sets the context type that tasks and lifetimes are given.</summary>
    public static CakeHost UseContext<TContext>(this CakeHost host)
        where TContext : class, IFrostingContext =>
        Configure(host, services => services.AddSingleton<IFrostingContext, TContext>());

    /// <summary>Sets what runs before the build.</summary>
    public static CakeHost UseSetup<TSetup>(this CakeHost host)
        where TSetup : class, IFrostingSetup =>
        Configure(host, services => services.AddSingleton<IFrostingSetup, TSetup>());

    /// <summary>Sets what runs before and after the build.</summary>
    public static CakeHost UseLifetime<TLifetime>(this CakeHost host)
        where TLifetime : class, IFrostingLifetime =>
        Configure(host, services => services
            .AddSingleton<TLifetime>()
            .AddSingleton<IFrostingSetup>(provider => provider.GetRequiredService<TLifetime>())
            .AddSingleton<IFrostingTeardown>(provider => provider.GetRequiredService<TLifetime>()));

    /// <summary>Sets what runs before and after each task.</summary>
    public static CakeHost UseTaskLifetime<TLifetime>(this CakeHost host)
        where TLifetime : class, IFrostingTaskLifetime =>
        Configure(host, services => services
            .AddSingleton<TLifetime>()
            .AddSingleton<IFrostingTaskSetup>(provider => provider.GetRequiredService<TLifetime>())
            .AddSingleton<IFrostingTaskTeardown>(provider => provider.GetRequiredService<TLifetime>()));

    /// <summary>Sets the working directory of the build.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">An absolute path, or one relative to the current folder.</param>
    public static CakeHost UseWorkingDirectory(this CakeHost host, DirectoryPath path) =>
        Configure(host, services => services.AddSingleton(new WorkingDirectory(path)));

    private static CakeHost Configure(CakeHost host, Action<IServiceCollection> configure)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.ConfigureServices(configure);
    }
}
