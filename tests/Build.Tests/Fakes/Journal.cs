namespace Build.Tests.Fakes;

/// <summary>What the fake tasks did, in order.</summary>
internal sealed class Journal
{
    public List<string> Lines { get; } = [];

    public void Add(string line) => Lines.Add(line);
}
