namespace Deploy.Configuration.Binding;

/// <summary>A second form of a value that is rewritten to the first before binding.</summary>
/// <param name="description">The form, in words.</param>
/// <param name="schema">The form, as JSON schema.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AlsoAcceptsAttribute(string description, string schema) : Attribute
{
    /// <summary>The form, in words.</summary>
    public string Description { get; } = description;

    /// <summary>The form, as JSON schema.</summary>
    public string Schema { get; } = schema;
}
