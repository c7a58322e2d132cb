using Cake.Core;

namespace Cake.Frosting;

/// <summary>Runs once after the last task, failed or not.</summary>
public interface IFrostingTeardown
{
    /// <summary>Ends the build.</summary>
    /// <param name="context">The build's context.</param>
    /// <param name="info">Whether the build succeeded, and its exception.</param>
    void Teardown(ICakeContext context, ITeardownContext info);
}
