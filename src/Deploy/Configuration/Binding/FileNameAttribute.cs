namespace Deploy.Configuration.Binding;

/// <summary>The text is a bare file or folder name, so that it cannot lead out of its folder.</summary>
/// <param name="extension">What the name must end with, dot included; empty for any.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FileNameAttribute(string extension = "") : Attribute
{
    /// <summary>What the name must end with, dot included; empty for any.</summary>
    public string Extension { get; } = extension;
}
