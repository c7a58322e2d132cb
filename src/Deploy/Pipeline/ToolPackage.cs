namespace Deploy.Pipeline;

/// <summary>One library that this program was built with.</summary>
/// <param name="Name">Package or project.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsPackage">From NuGet; else a project of this repository.</param>
/// <param name="ContentHash">NuGet's SHA-512 of the package without its signature, base64 as in packages.lock.json: no hash of the .nupkg file; null for projects.</param>
/// <param name="Dependencies">Names of the libraries it needs.</param>
public sealed record ToolPackage(string Name, string Version, bool IsPackage, string? ContentHash, IReadOnlyList<string> Dependencies);
