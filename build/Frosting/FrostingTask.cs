using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task that needs nothing but Cake's own context, or one that only gathers dependencies.</summary>
public abstract class FrostingTask : FrostingTask<ICakeContext>;
