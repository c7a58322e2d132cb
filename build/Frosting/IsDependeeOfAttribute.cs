namespace Cake.Frosting;

/// <summary>This task runs before another one; the reverse of <see cref="IsDependentOnAttribute"/>.</summary>
/// <param name="task">The task class that runs afterwards.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class IsDependeeOfAttribute(Type task) : Attribute
{
    /// <summary>The task class that runs afterwards.</summary>
    public Type Task { get; } = task;
}
