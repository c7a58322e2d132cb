namespace Deploy.Configuration.Binding;

/// <summary>The word <c>auto</c> stands for null, and null is shown as <c>auto</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AutoIsNullAttribute : Attribute;
