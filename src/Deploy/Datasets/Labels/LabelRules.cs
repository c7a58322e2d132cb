namespace Deploy.Datasets.Labels;

/// <summary>
/// From the data set's objects to the model's classes, in the order of AWML's <c>get_annotations</c>
/// (tools/detection3d/t4dataset_converters/t4converter.py): map names, merge pairs, filter by attribute, keep known classes.
/// </summary>
internal sealed class LabelRules
{
    private readonly IReadOnlyDictionary<string, string> names;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> merges;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> filters;
    private readonly Dictionary<string, int> labels = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> ignored = new(StringComparer.Ordinal);

    public LabelRules(DatasetOptions options)
    {
        names = options.NameMapping ?? LabelDefaults.NameMapping(options.Type);
        merges = options.MergeObjects ?? LabelDefaults.MergeObjects(options.Type);
        filters = options.FilterAttributes ?? LabelDefaults.FilterAttributes(options.Type);
        for (var i = 0; i < options.ClassNames.Count; i++)
        {
            labels.TryAdd(options.ClassNames[i], i);
        }
    }

    /// <summary>Objects without a class so far: category → number.</summary>
    public IReadOnlyDictionary<string, int> Ignored => ignored;

    /// <summary>The objects of one frame; merged ones first, then the others in their order.</summary>
    public IReadOnlyList<GroundTruth> Apply(IReadOnlyList<RawObject> objects)
    {
        var named = objects.Select(item => new NamedObject(names.GetValueOrDefault(item.Category, item.Category), item)).ToList();
        var result = new List<GroundTruth>(objects.Count);
        foreach (var (name, item) in ObjectMerger.Merge(named, merges))
        {
            if (!labels.TryGetValue(name, out var label))
            {
                ignored[item.Category] = ignored.GetValueOrDefault(item.Category) + 1;
            }
            else if (!filters.TryGetValue(item.Category, out var attributes) || !item.Attributes.Any(attributes.Contains))
            {
                result.Add(new GroundTruth(label, item.Box, item.PointCount, item.Attributes));
            }
        }

        return result;
    }
}
