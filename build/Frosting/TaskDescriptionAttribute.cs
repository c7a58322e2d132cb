namespace Cake.Frosting;

/// <summary>The line that <c>--description</c> prints for a task.</summary>
/// <param name="description">What the task does.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TaskDescriptionAttribute(string description) : Attribute
{
    /// <summary>What the task does.</summary>
    public string Description { get; } = description;
}
