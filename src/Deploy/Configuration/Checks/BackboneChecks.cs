using Deploy.Configuration.Binding;
using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Configuration.Checks;

/// <summary>Do the stages of the backbone fit together, and do all its keys belong to its type?</summary>
internal static class BackboneChecks
{
    private const string Key = "model.pts_backbone";
    private static readonly string[] SecondKeys = ["layer_nums", "layer_strides"];
    private static readonly string[] ConvNextKeys = ["depths", "out_indices", "first_downsample", "layer_scale_init_value", "large_arch"];

    /// <summary>True when outputs and strides can be read from it.</summary>
    public static bool Run(CheckContext context, BackboneConfig backbone)
    {
        if (!context.Usable(Key + ".type"))
        {
            return false;
        }

        var second = backbone.Type == "SECOND";
        // A default may be written: a listing of all values holds the keys of both types.
        foreach (var name in (second ? ConvNextKeys : SecondKeys).Where(name => context.IsWritten($"{Key}.{name}") && !IsDefault(backbone, name)))
        {
            context.Error(DiagnosticCodes.BackboneKeyOfOtherType, $"{Key}.{name}", $"{name} belongs to pts_backbone.type {(second ? "ConvNeXt_PC" : "SECOND")}, and the type is {backbone.Type}; remove one of the two");
        }

        Norm(context, second);
        if (!context.Usable([Key + ".out_channels", .. (second ? SecondKeys : ConvNextKeys).Select(name => $"{Key}.{name}")]))
        {
            return false;
        }

        var sound = true;
        foreach (var (name, message) in BackboneRules.Problems(backbone))
        {
            sound = false;
            context.Error(DiagnosticCodes.BackboneStages, $"{Key}.{name}", message);
        }

        return sound && (!second || (Count(context, "layer_nums", backbone.LayerNums.Count, backbone) & Count(context, "layer_strides", backbone.LayerStrides.Count, backbone)));
    }

    private static bool IsDefault(BackboneConfig backbone, string name)
    {
        var property = ConfigKeys.Of(typeof(BackboneConfig)).First(key => key.Name == name).Property;
        return ConfigOrigin.Show(property.GetValue(backbone)) == ConfigOrigin.Show(property.GetValue(new BackboneConfig()));
    }

    /// <summary>A training config repeats the norm, which each type fixes.</summary>
    private static void Norm(CheckContext context, bool second)
    {
        string[] types = second ? ["BN", "BN2d", "SyncBN", "naiveSyncBN2d"] : ["LN2d"];
        Implemented("type", node => types.Contains(Scalars.Show(node)), string.Join(", ", types));
        var epsilon = second ? 1e-3 : 1e-6;
        Implemented("eps", node => Scalars.TryNumber(node, out var value) && value == epsilon, ModelChecks.Show(epsilon * 1e6) + "e-6");

        void Implemented(string name, Func<ConfigNode, bool> known, string values)
        {
            if (context.Stated.TryGetValue($"{Key}.norm_cfg.{name}", out var node) && !known(node))
            {
                context.Error(DiagnosticCodes.NotImplemented, node.Location, $"{Key}.norm_cfg.{name} is {Scalars.Show(node)}; implemented: {values}");
            }
        }
    }

    private static bool Count(CheckContext context, string name, int count, BackboneConfig backbone)
    {
        var stages = backbone.OutChannels.Count;
        if (count != stages)
        {
            context.Error(DiagnosticCodes.InconsistentModel, $"{Key}.{name}", $"{Key}.{name} has {count} values, but pts_backbone.out_channels has {stages} stages");
        }

        return count == stages;
    }
}
