namespace Deploy.Configuration.Awml;

/// <summary>A key of AWML's or MMDetection3D's configs that has no place in the records.</summary>
/// <param name="Section">Dotted path of the mapping it stands in; empty for the top level.</param>
/// <param name="Name">The key.</param>
/// <param name="Use">What becomes of it.</param>
/// <param name="Values">For <see cref="AwmlUse.Fixed"/>: the implemented values. For <see cref="AwmlUse.Section"/>: <c>null</c> when that is accepted.</param>
internal sealed record AwmlKey(string Section, string Name, AwmlUse Use, params string[] Values)
{
    /// <summary>The dotted path of the key.</summary>
    public string Path => Reading.KeyPath.Join(Section, Name);
}
