using System.Globalization;
using Deploy.Configuration.Reading;
using Deploy.Datasets;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Awml;

/// <summary>Rewrites the second forms of values, such as <c>max_voxels: [train, test]</c>, to the form of the records.</summary>
internal sealed class AwmlValues(DiagnosticBag bag)
{
    /// <summary>Column of the time lag after MMDetection3D's LoadPointsFromMultiSweeps, which overwrites what the file holds there.</summary>
    private const int TimeColumn = 4;

    /// <summary>Short for one task of the head.</summary>
    public const string ClassNamesKey = "class_names";

    private const string Head = "model.pts_bbox_head";
    private static readonly string[] DefaultColumns = [.. new DatasetConfig().PointColumns];

    /// <summary>The rewritten tree; forms that are neither are left for the binder to refuse.</summary>
    public static MapNode Rewrite(MapNode root, DiagnosticBag bag)
    {
        var values = new AwmlValues(bag);
        root = values.Tasks(root);
        var classes = ClassNames(root);
        root = Change(root, "model.max_voxels", node => node is ListNode { Items.Count: 2 } list ? list.Items[1] : node);
        root = Change(root, "model.test_cfg.min_radius", node => MinRadius(node, Tree.Find(root, Head + ".tasks")?.Value));
        root = Change(root, Head + ".common_heads", values.CommonHeads);
        root = Change(root, "model.pts_voxel_encoder.type", WithoutOnnx);
        root = Change(root, "dataset.use_dim", node => UseDim(node, Tree.Find(root, "dataset.point_columns")?.Value));
        root = Change(root, "dataset.merge_objects", values.Pairs);
        root = Change(root, "dataset.filter_attributes", values.Pairs);
        return Change(root, "evaluation.class_ranges", node => values.ClassRanges(node, classes));
    }

    private static MapNode Change(MapNode root, string path, Func<ConfigNode, ConfigNode> change) =>
        Tree.Find(root, path) is { } entry ? Tree.Put(root, path, entry with { Value = change(entry.Value) })! : root;

    private MapNode Tasks(MapNode root)
    {
        root = Change(root, Head + ".tasks", TaskLists);
        if (Tree.Find(root, $"{Head}.{ClassNamesKey}") is not { Value: ListNode names } entry)
        {
            return root;
        }

        var rest = Tree.Remove(root, $"{Head}.{ClassNamesKey}");
        if (Tree.Find(rest, Head + ".tasks") is not { Value: ListNode tasks })
        {
            var list = new ListNode([names], names.Location, names.Folder);
            return Tree.Put(rest, Head + ".tasks", entry with { Value = list })!;
        }

        var all = new ListNode([.. tasks.Items.SelectMany(task => task is ListNode inner ? inner.Items : [task])], names.Location, names.Folder);
        if (!Scalars.Same(all, names))
        {
            bag.Error(DiagnosticCodes.Contradiction, $"class_names differs from the tasks at {tasks.Location}; keep one of the two", names.Location);
        }

        return rest;
    }

    private ConfigNode TaskLists(ConfigNode node)
    {
        if (node is not ListNode list)
        {
            return node;
        }

        return list with { Items = [.. list.Items.Select(TaskList)] };
    }

    private ConfigNode TaskList(ConfigNode node)
    {
        if (node is not MapNode map || map.Find(ClassNamesKey) is not { } names)
        {
            return node;
        }

        foreach (var entry in map.Entries.Where(entry => entry.Key is not (ClassNamesKey or "num_class")))
        {
            bag.Error(DiagnosticCodes.UnknownKey, $"unknown key '{entry.Key}' in a task; known: num_class, class_names", entry.KeyLocation);
        }

        if (map.Find("num_class") is { } count && names.Value is ListNode list
            && !(Scalars.TryInteger(count.Value, out var stated) && stated == list.Items.Count))
        {
            bag.Error(DiagnosticCodes.InconsistentModel, $"num_class is {Scalars.Show(count.Value)}, but class_names has {list.Items.Count}", count.Value.Location);
        }

        return names.Value;
    }

    private static ConfigNode MinRadius(ConfigNode node, ConfigNode? tasks) =>
        node is ScalarNode { IsNull: false }
            ? new ListNode([.. Enumerable.Repeat(node, tasks is ListNode list ? list.Items.Count : 1)], node.Location, node.Folder)
            : node;

    private ConfigNode CommonHeads(ConfigNode node) => node is not MapNode map
        ? node
        : map with { Entries = [.. map.Entries.Select(entry => entry.Value is ListNode pair ? entry with { Value = Channels(entry.Key, pair) } : entry)] };

    private ConfigNode Channels(string branch, ListNode pair)
    {
        if (pair.Items.Count != 2)
        {
            return pair;
        }

        if (!(Scalars.TryInteger(pair.Items[1], out var convolutions) && convolutions == 2))
        {
            bag.Error(
                DiagnosticCodes.NotImplemented,
                $"{Head}.common_heads.{branch} has {Scalars.Show(pair.Items[1])} convolutions; implemented: 2",
                pair.Items[1].Location);
        }

        return pair.Items[0];
    }

    private static ConfigNode WithoutOnnx(ConfigNode node) =>
        node is ScalarNode scalar && scalar.Text.EndsWith("NetONNX", StringComparison.Ordinal) ? scalar with { Text = scalar.Text[..^4] } : node;

    private static ConfigNode UseDim(ConfigNode node, ConfigNode? columns)
    {
        var names = columns is ListNode list && list.Items.All(item => item is ScalarNode)
            ? [.. list.Items.Select(item => ((ScalarNode)item).Text)]
            : DefaultColumns;
        if (Scalars.TryInteger(node, out var count) && count >= 0 && count <= names.Length)
        {
            node = new ListNode(
                [.. Enumerable.Range(0, (int)count).Select(i => new ScalarNode(i.ToString(CultureInfo.InvariantCulture), IsPlain: true, node.Location, node.Folder))],
                node.Location,
                node.Folder);
        }

        return node is ListNode indices ? indices with { Items = [.. indices.Items.Select(item => Column(item, names))] } : node;
    }

    /// <summary>The name of a column; an index without one is left for the checks, which refuse it by its text.</summary>
    private static ConfigNode Column(ConfigNode node, string[] names) =>
        Scalars.TryInteger(node, out var index) && index >= 0 && index < names.Length
            ? new ScalarNode(index == TimeColumn ? "time" : names[index], IsPlain: true, node.Location, node.Folder)
            : node;

    /// <summary>[[name, [a, b]], [name, c]] as {name: [a, b, c]}.</summary>
    private ConfigNode Pairs(ConfigNode node)
    {
        if (node is not ListNode list)
        {
            return node;
        }

        var result = new MapNode([], Replaces: false, node.Location, node.Folder);
        foreach (var item in list.Items)
        {
            if (item is not ListNode { Items: [ScalarNode name, var value] })
            {
                bag.Error(DiagnosticCodes.WrongType, "expected a pair such as [truck, [truck, trailer]]", item.Location);
                continue;
            }

            IReadOnlyList<ConfigNode> values = value is ListNode inner ? inner.Items : [value];
            var earlier = result.Find(name.Text)?.Value as ListNode;
            var all = new ListNode([.. earlier?.Items ?? [], .. values], value.Location, value.Folder);
            result = result.With(new MapEntry(name.Text, name.Location, all));
        }

        return result;
    }

    private ConfigNode ClassRanges(ConfigNode node, IReadOnlyList<string> classes)
    {
        if (node is not ScalarNode { Text: "nuscenes" } scalar)
        {
            return node;
        }

        foreach (var name in classes.Where(name => !NuScenesClasses.Ranges.ContainsKey(name)))
        {
            bag.Error(DiagnosticCodes.NotAllowed, $"nuScenes has no range for the class '{name}'; write class_ranges as {{{name}: metres, …}}", scalar.Location);
        }

        return new MapNode(
            [.. classes.Where(NuScenesClasses.Ranges.ContainsKey).Distinct().Select(name => new MapEntry(name, scalar.Location, Number(NuScenesClasses.Ranges[name], scalar)))],
            Replaces: false,
            scalar.Location,
            scalar.Folder);
    }

    private static ScalarNode Number(double value, ScalarNode at) => at with { Text = value.ToString(CultureInfo.InvariantCulture), IsPlain = true };

    private static IReadOnlyList<string> ClassNames(MapNode root) =>
        Tree.Find(root, Head + ".tasks")?.Value is ListNode tasks
            ? [.. tasks.Items.OfType<ListNode>().SelectMany(task => task.Items).OfType<ScalarNode>().Select(name => name.Text)]
            : [];
}
