using Deploy.Configuration.Awml;
using Deploy.Configuration.Binding;
using Deploy.Configuration.Checks;
using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration;

/// <summary>Reads a config: YAML and its bases, <c>--set</c>, AWML's keys, records, checks across keys.</summary>
public static class ConfigLoader
{
    /// <summary>Loads a config.</summary>
    /// <param name="path">The YAML file, absolute or relative to the current folder.</param>
    /// <param name="overrides"><c>key=value</c> in the order of the command line; they win over the files.</param>
    /// <exception cref="QuantException">Anything is wrong; it holds every problem that was found, each with its place.</exception>
    public static LoadedConfig Load(string path, IReadOnlyList<string> overrides)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(overrides);
        var bag = new DiagnosticBag();
        var files = new ConfigFiles(bag);
        var merged = files.Read(path);
        var layers = overrides.Select(item => Override.Parse(item, Environment.CurrentDirectory, bag)).ToList();
        if (merged is null)
        {
            // Without the whole tree every inherited key would look missing.
            throw new QuantException(bag.Items);
        }

        var tree = layers.OfType<MapNode>().Aggregate(merged, (below, over) => (MapNode)ConfigMerge.Merge(below, over));
        var (root, stated) = AwmlReader.Read(tree, bag);
        var bound = Binder.Bind(root, bag);
        var context = new CheckContext(bound, root, stated, bag);
        ModelChecks.Run(context);
        StatedChecks.Run(context);
        DatasetChecks.Run(context);
        QuantizationChecks.Run(context);
        ComponentChecks.Run(context);
        ResultChecks.Run(context);
        bag.ThrowIfErrors();
        return new LoadedConfig(ConfigDefaults.Complete(bound.Config, root, path), root, files.Files, bag.Items);
    }
}
