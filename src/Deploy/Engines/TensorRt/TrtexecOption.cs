namespace Deploy.Engines.TensorRt;

/// <summary>The life of one trtexec option: from <paramref name="Since"/> on, and no more from <paramref name="Removed"/> on.</summary>
/// <param name="Name">With its two dashes.</param>
/// <param name="Since">First version (major, minor) of the table that knows it.</param>
/// <param name="Removed">First version that answers <c>Unknown option</c>, or null.</param>
/// <param name="Note">What stands in its place, or what changed.</param>
public sealed record TrtexecOption(string Name, (int Major, int Minor) Since, (int Major, int Minor)? Removed = null, string? Note = null)
{
    /// <summary>True when that version takes the option.</summary>
    public bool IsKnownTo(TensorRtVersion version) =>
        version.IsAtLeast(Since.Major, Since.Minor) && !(Removed is var (major, minor) && version.IsAtLeast(major, minor));
}
