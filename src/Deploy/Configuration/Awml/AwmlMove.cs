namespace Deploy.Configuration.Awml;

/// <summary>A place of AWML's or MMDetection3D's configs, and the place of the same value here.</summary>
/// <param name="From">Dotted path there.</param>
/// <param name="To">Dotted path here.</param>
internal sealed record AwmlMove(string From, string To);
