namespace Deploy.Comparison;

/// <summary>An output's name in parts: <c>heatmap_2</c> is branch <c>heatmap</c> of task <c>_2</c>; without tasks the suffix is empty.</summary>
internal readonly record struct OutputName(string Branch, string Task)
{
    /// <summary>The branch whose channels are class scores.</summary>
    public const string Heatmap = "heatmap";

    public static OutputName Parse(string name)
    {
        var underscore = name.LastIndexOf('_');
        return underscore > 0 && underscore < name.Length - 1 && name.AsSpan(underscore + 1).IndexOfAnyExceptInRange('0', '9') < 0
            ? new OutputName(name[..underscore], name[underscore..])
            : new OutputName(name, string.Empty);
    }
}
