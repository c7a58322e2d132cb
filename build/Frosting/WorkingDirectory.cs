using Cake.Core.IO;

namespace Cake.Frosting;

/// <summary>The folder a build works in.</summary>
internal sealed record WorkingDirectory(DirectoryPath Path);
