using System.Reflection;
using Cake.Cli;
using Cake.Core;

namespace Cake.Frosting;

/// <summary>The version of Cake that the build runs on.</summary>
internal sealed class CakeVersion : IVersionResolver
{
    private static readonly Assembly Core = typeof(ICakeContext).Assembly;

    public string GetVersion() => Core.GetName().Version!.ToString(fieldCount: 3);

    public string GetProductVersion() => Core.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? GetVersion();
}
