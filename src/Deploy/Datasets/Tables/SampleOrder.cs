using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>The samples in their order: scene by scene as in scene.json, along <c>next</c>.</summary>
internal static class SampleOrder
{
    /// <summary>
    /// Cut data sets keep tokens of samples that are no longer there: the chain ends and the scene's other samples follow by time,
    /// with a warning.
    /// </summary>
    /// <exception cref="QuantException">QNT0803 … QNT0805, or QNT0806 for a chain that runs in a circle.</exception>
    public static IReadOnlyList<SampleRow> Read(TableFolder folder, DiagnosticBag notes)
    {
        var samples = new Dictionary<string, SampleRow>(StringComparer.Ordinal);
        TableFile.Read(folder.Path("sample"), row =>
        {
            var sample = new SampleRow(row.Text("token"), row.Text("scene_token"), row.OptionalText("next") ?? "", row.Integer("timestamp"), row.Place);
            samples[sample.Token] = sample;
        });

        var scenes = new List<(string Token, string First, TablePlace Place)>();
        TableFile.Read(folder.Path("scene"), row => scenes.Add((row.Text("token"), row.Text("first_sample_token"), row.Place)));
        var known = scenes.Select(scene => scene.Token).ToHashSet(StringComparer.Ordinal);
        if (samples.Values.FirstOrDefault(sample => !known.Contains(sample.SceneToken)) is { } lost)
        {
            throw Dangling.Error("scene_token", lost.SceneToken, "scene", lost.Place);
        }

        var byScene = samples.Values.ToLookup(sample => sample.SceneToken, StringComparer.Ordinal);
        var order = new List<SampleRow>(samples.Count);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (token, first, place) in scenes.DistinctBy(scene => scene.Token, StringComparer.Ordinal))
        {
            Follow(first, place, samples, visited, order, notes);
            var rest = byScene[token].Where(sample => !visited.Contains(sample.Token)).OrderBy(sample => sample.Timestamp).ToList();
            if (rest.Count > 0)
            {
                notes.Warning(DiagnosticCodes.DatasetChainBroken, $"{rest.Count} samples of scene '{token}' are not on its chain; they follow it by time", place.Locate());
                order.AddRange(rest);
                visited.UnionWith(rest.Select(sample => sample.Token));
            }
        }

        return order;
    }

    private static void Follow(
        string token, TablePlace place, Dictionary<string, SampleRow> samples, HashSet<string> visited, List<SampleRow> order, DiagnosticBag notes)
    {
        for (; token.Length > 0; (token, place) = (samples[token].Next, samples[token].Place))
        {
            if (!samples.TryGetValue(token, out var sample))
            {
                notes.Warning(DiagnosticCodes.DatasetChainBroken, $"the next sample '{token}' is not in sample.json: the scene ends here", place.Locate());
                return;
            }

            if (!visited.Add(token))
            {
                throw new QuantException(DiagnosticCodes.DatasetChainBroken, $"the chain of samples comes back to '{token}'", place.Locate());
            }

            order.Add(sample);
        }
    }
}
