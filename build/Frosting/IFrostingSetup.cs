using Cake.Core;

namespace Cake.Frosting;

/// <summary>Runs once before the first task.</summary>
public interface IFrostingSetup
{
    /// <summary>Prepares the build.</summary>
    /// <param name="context">The build's context.</param>
    /// <param name="info">The target and the tasks that will run, in order.</param>
    void Setup(ICakeContext context, ISetupContext info);
}
