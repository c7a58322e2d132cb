namespace Cake.Frosting;

/// <summary>Another task runs before this one.</summary>
/// <param name="task">The task class that runs first.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class IsDependentOnAttribute(Type task) : Attribute
{
    /// <summary>The task class that runs first.</summary>
    public Type Task { get; } = task;
}
