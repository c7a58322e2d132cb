using Cake.Core;

namespace Cake.Frosting;

/// <summary>Runs after each task, failed, skipped or not.</summary>
public interface IFrostingTaskTeardown
{
    /// <summary>Ends one task.</summary>
    void Teardown(ICakeContext context, ITaskTeardownContext info);
}
