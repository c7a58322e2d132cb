using System.Globalization;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets;

/// <summary>What opening a data set found.</summary>
internal sealed record FrameIndex(IReadOnlyList<FrameEntry> Frames, IReadOnlyList<Diagnostic> Notes, IReadOnlyDictionary<string, int> IgnoredObjects)
{
    private const int MaxProblems = 10;

    /// <summary>Several data sets as one, in order.</summary>
    public static FrameIndex Join(IReadOnlyList<FrameIndex> parts)
    {
        var ignored = parts.SelectMany(part => part.IgnoredObjects)
            .GroupBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal);
        return new([.. parts.SelectMany(part => part.Frames)], [.. parts.SelectMany(part => part.Notes)], ignored);
    }

    /// <summary>This, once there are frames and their files exist; with the notes that need the whole data set.</summary>
    /// <exception cref="QuantException">No frames, or point files that are not there.</exception>
    public FrameIndex Checked(DatasetOptions options)
    {
        if (Frames.Count == 0)
        {
            throw new QuantException(DiagnosticCodes.DatasetEmpty, $"the data set {options.Root} of type {options.Type} has no frames{(options.Scenes is { } scenes ? $" in the scenes {string.Join(", ", scenes.Take(5))}: check the names in scene.json" : "")}");
        }

        MissingFiles().ThrowIfErrors();
        var notes = new DiagnosticBag();
        if (Frames.Count < options.NumFrames)
        {
            notes.Warning(
                DiagnosticCodes.DatasetFramesFewer,
                string.Create(CultureInfo.InvariantCulture, $"{options.Root} has {Frames.Count} frames; {options.NumFrames} were asked for"));
        }

        if (IgnoredObjects.Count > 0 && Frames.All(frame => frame.Objects is null or { Count: 0 }))
        {
            var categories = string.Join(", ", IgnoredObjects.OrderByDescending(pair => pair.Value).Take(MaxProblems).Select(pair => $"{pair.Key} ({pair.Value})"));
            notes.Warning(
                DiagnosticCodes.DatasetClassesUnmatched,
                $"no object of {options.Root} is of the model's classes {string.Join(", ", options.ClassNames)}; it has {categories}: set dataset.name_mapping");
        }

        return this with { Notes = [.. Notes, .. notes.Items] };
    }

    private DiagnosticBag MissingFiles()
    {
        var bag = new DiagnosticBag();
        var missing = Frames.Where(frame => !File.Exists(frame.File)).ToList();
        foreach (var frame in missing.Take(MaxProblems))
        {
            bag.Error(DiagnosticCodes.PointFileMissing, $"the points of frame {frame.Token} are not there", new SourceLocation(frame.File));
        }

        if (missing.Count > MaxProblems)
        {
            bag.Error(DiagnosticCodes.PointFileMissing, $"{missing.Count} of {Frames.Count} point files are not there; the first {MaxProblems} are listed");
        }

        return bag;
    }
}
