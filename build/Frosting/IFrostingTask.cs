using Cake.Core;

namespace Cake.Frosting;

/// <summary>One task of a build. Derive from <see cref="FrostingTask{T}"/> or <see cref="AsyncFrostingTask{T}"/> instead of implementing it.</summary>
public interface IFrostingTask
{
    /// <summary>What the report says when <see cref="ShouldRun"/> answered false.</summary>
    string SkippedMessage => "";

    /// <summary>Runs the task.</summary>
    Task RunAsync(ICakeContext context);

    /// <summary>Whether the task runs; its dependencies have run by then.</summary>
    bool ShouldRun(ICakeContext context);

    /// <summary>Handles a failure; the build fails only when this throws.</summary>
    void OnError(Exception exception, ICakeContext context);

    /// <summary>Runs after the task, failed or not.</summary>
    void Finally(ICakeContext context);
}
