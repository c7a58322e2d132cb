namespace Cake.Frosting;

/// <summary>The name a task is asked for with <c>--target</c>; without it the class name is used.</summary>
/// <param name="name">The task's name.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TaskNameAttribute(string name) : Attribute
{
    /// <summary>The task's name.</summary>
    public string Name { get; } = name;
}
