namespace Deploy.Datasets.Labels;

/// <summary>An object and its name after mapping.</summary>
internal sealed record NamedObject(string Name, RawObject Object);
