namespace Quant.Core.Models;

/// <summary>Work that copies of one model share, such as one on each GPU.</summary>
public static class Replicas
{
    /// <summary>A job on every replica at once, each on a thread of its own; a single replica's runs on the caller's.</summary>
    /// <param name="replicas">At least one.</param>
    /// <param name="job">Gets a replica and its index.</param>
    /// <returns>What each job gave, in the order of the replicas; the first job's error is thrown.</returns>
    public static TResult[] Run<T, TResult>(IReadOnlyList<T> replicas, Func<T, int, TResult> job)
    {
        ArgumentNullException.ThrowIfNull(replicas);
        ArgumentNullException.ThrowIfNull(job);
        return replicas.Count == 1
            ? [job(replicas[0], 0)]
            : Task.WhenAll(replicas.Select((replica, index) => Task.Factory.StartNew(() => job(replica, index), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).GetAwaiter().GetResult();
    }
}
