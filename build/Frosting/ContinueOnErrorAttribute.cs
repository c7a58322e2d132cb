namespace Cake.Frosting;

/// <summary>A failure of this task is logged and the build goes on.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ContinueOnErrorAttribute : Attribute;
