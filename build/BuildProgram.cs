using Build.Runners;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace Build;

/// <summary>Puts the build together; the tasks are found in this assembly.</summary>
public static class BuildProgram
{
    /// <summary>A host that works in the repository root, whatever folder it was started in.</summary>
    public static CakeHost CreateHost() => new CakeHost()
        .ConfigureServices(services => services.AddSingleton<ICommandRunner, CommandRunner>())
        .UseContext<BuildContext>()
        .UseSetup<BuildSetup>()
        .UseWorkingDirectory(RepositoryRoot.Find(AppContext.BaseDirectory));
}
