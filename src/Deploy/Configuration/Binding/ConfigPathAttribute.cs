namespace Deploy.Configuration.Binding;

/// <summary>The text is a path, made absolute from the folder of the file that names it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigPathAttribute : Attribute;
