namespace Deploy.Engines.TensorRt;

/// <summary>What trtexec can do, in words.</summary>
public static class CapabilityText
{
    /// <summary>Titles of <see cref="Rows"/>.</summary>
    public static IReadOnlyList<string> Titles { get; } = ["TensorRT", "typing", "opset up to", "IR up to", "deconvolution scales", "INT8 weights stored", "CUDA graph, spin wait, no transfers", "build only"];

    /// <summary>One row for each family of versions.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows { get; } = [.. TrtexecCapabilities.All.Select(Row)];

    /// <summary>What one version can do and which known options it lacks, as lines for people.</summary>
    public static IReadOnlyList<string> Describe(TrtexecCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(capabilities);
        var lacking = TrtexecOptions.All.Where(option => !option.IsKnownTo(capabilities.Version)).Select(option => option.Note is { } note && option.Removed is not null ? $"{option.Name} (now {note})" : option.Name);
        return
        [
            .. Titles.Zip(Row(capabilities)).Skip(1).Select(pair => $"{pair.First}: {pair.Second}"),
            .. capabilities.WeakTypingNote is { } weak ? [$"precision flags: {weak}"] : Array.Empty<string>(),
            $"options it does not have: {string.Join(", ", lacking)}",
        ];
    }

    private static IReadOnlyList<string> Row(TrtexecCapabilities family) =>
    [
        family.Family,
        family.Typing switch { Typing.Weak => "precision flags", Typing.Both => "precision flags or --stronglyTyped", _ => "from the graph only" },
        $"{family.MaxOpset}",
        $"{family.MaxIr}",
        $"per tensor, or axis {family.DeconvolutionAxis}",
        family.Int8Constants ? "yes" : "may be refused",
        family.FastDefaults ? "by default" : "asked for",
        family.BuildOnlyOption,
    ];
}
