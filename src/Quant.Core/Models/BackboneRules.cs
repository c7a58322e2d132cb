namespace Quant.Core.Models;

/// <summary>Do a backbone's stages fit together? Shared by the config's checks and by loading.</summary>
public static class BackboneRules
{
    /// <summary>What does not fit: the key under <c>model.pts_backbone</c> and why.</summary>
    public static IEnumerable<(string Key, string Message)> Problems(BackboneConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Type == ConvNextBackbone.Type ? ConvNext(config) : [];
    }

    private static IEnumerable<(string Key, string Message)> ConvNext(BackboneConfig config)
    {
        var stages = config.OutChannels.Count;
        if (config.Depths.Count != stages)
        {
            yield return ("depths", $"depths has {config.Depths.Count} values, but out_channels has {stages} stages");
        }

        foreach (var index in config.OutIndices.Where(index => index < 0 || index >= stages))
        {
            yield return ("out_indices", $"out_indices names stage {index}; the {stages} stages are 0 to {stages - 1}");
        }

        if (config.OutIndices.Distinct().Count() != config.OutIndices.Count)
        {
            yield return ("out_indices", $"out_indices [{string.Join(", ", config.OutIndices)}] names a stage twice");
        }
        else if (!config.OutIndices.Contains(stages - 1))
        {
            yield return ("out_indices", $"out_indices [{string.Join(", ", config.OutIndices)}] leaves out the last stage, {stages - 1}, which nothing would read; shorten depths and out_channels");
        }

        if (config.LargeArch is not { } large)
        {
            yield break;
        }

        if (large.Stages.Count != large.LargeKernelSizes.Count || large.Stages.Distinct().Count() != large.Stages.Count)
        {
            yield return ("large_arch", $"large_arch has {large.LargeKernelSizes.Count} large_kernel_sizes for the stages [{string.Join(", ", large.Stages)}]; give one size for each stage");
        }

        foreach (var stage in large.Stages.Where(stage => stage < 0 || stage >= stages))
        {
            yield return ("large_arch", $"large_arch.stages names stage {stage}; the {stages} stages are 0 to {stages - 1}");
        }

        foreach (var size in large.LargeKernelSizes.Where(size => size < 1 || size % 2 == 0))
        {
            yield return ("large_arch", $"large_kernel_sizes holds {size}; a kernel must be odd so that a block keeps its resolution");
        }
    }
}
