using CsCheck;
using Deploy.Configuration;
using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class MergePropertyTests
{
    private static readonly SourceLocation Here = new("x.yaml", 1, 1);

    /// <summary>Trees of few keys, so that they overlap, with <c>_delete_</c> in a quarter of the mappings.</summary>
    private static readonly Gen<ConfigNode> Trees = Gen.Recursive<ConfigNode>((depth, tree) =>
    {
        var scalar = Gen.Int[0, 9].Select(value => (ConfigNode)new ScalarNode($"{value}", IsPlain: true, Here, ""));
        var list = scalar.Array[0, 2].Select(items => (ConfigNode)new ListNode(items, Here, ""));
        if (depth > 3)
        {
            return scalar;
        }

        var map = Gen.Select(Gen.Dictionary(Gen.Int[0, 2].Select(i => "abc"[i..(i + 1)]), tree)[0, 3], Gen.Int[0, 3]).Select((entries, replaces) =>
            (ConfigNode)new MapNode([.. entries.Select(entry => new MapEntry(entry.Key, Here, entry.Value))], replaces == 0, Here, ""));
        return Gen.Frequency((2, scalar), (1, list), (4, map));
    });

    [Fact]
    public void Merging_is_associative() => Gen.Select(Trees, Trees, Trees).Sample((a, b, c) =>
        Show(ConfigMerge.Merge(ConfigMerge.Merge(a, b), c)) == Show(ConfigMerge.Merge(a, ConfigMerge.Merge(b, c))));

    [Fact]
    public void Merging_a_tree_over_itself_changes_nothing() => Trees.Sample(tree =>
        Show(ConfigMerge.Merge(tree, tree)) == Show(tree));

    [Fact]
    public void What_is_merged_over_wins_wherever_it_has_a_value() => Gen.Select(Trees, Trees).Sample((below, over) =>
        Contains(ConfigMerge.Merge(below, over), over));

    private static bool Contains(ConfigNode merged, ConfigNode part) => part is MapNode map
        ? merged is MapNode whole && map.Entries.All(entry => Contains(whole.Find(entry.Key)!.Value, entry.Value))
        : Show(merged) == Show(part);

    private static string Show(ConfigNode node) => node switch
    {
        ScalarNode scalar => scalar.Text,
        ListNode list => $"[{string.Join(",", list.Items.Select(Show))}]",
        MapNode map => $"{(map.Replaces ? "!" : "")}{{{string.Join(",", map.Entries.Select(entry => $"{entry.Key}:{Show(entry.Value)}"))}}}",
        _ => throw new ArgumentException(node.GetType().Name),
    };
}
