using System.Globalization;
using Deploy.Configuration.Binding;
using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Configuration.Checks;

/// <summary>Do the exported files, their tensors and the engine's shapes fit the model and each other?</summary>
internal static class ComponentChecks
{
    private const string Encoder = "components.pts_voxel_encoder";
    private const string Head = "components.pts_backbone_neck_head";

    /// <summary>FP16-typed scales of QuantizeLinear came with opset 19.</summary>
    private const int Fp16Opset = 19;

    public static void Run(CheckContext context)
    {
        var onnx = context.Config.OnnxConfig;
        if (onnx is { Body: "fp16", OpsetVersion: < Fp16Opset } && context.Usable("onnx_config"))
        {
            context.Error(DiagnosticCodes.Contradiction, "onnx_config.opset_version", $"opset {onnx.OpsetVersion} has no FP16-typed scales, which body fp16 needs; use {Fp16Opset} or auto");
        }

        var components = context.Config.Components;
        if (context.Usable("components"))
        {
            Distinct(context, "onnx_file", components.PtsVoxelEncoder.OnnxFile, components.PtsBackboneNeckHead.OnnxFile);
            Distinct(context, "engine_file", components.PtsVoxelEncoder.EngineFile, components.PtsBackboneNeckHead.EngineFile);
            Component(context, Encoder, components.PtsVoxelEncoder, outputs: 1, "input_features", EncoderShape(context));
            Component(context, Head, components.PtsBackboneNeckHead, OutputCount(context), "spatial_features", CanvasShape(context));
        }
    }

    private static void Distinct(CheckContext context, string key, string first, string second)
    {
        if (string.Equals(first, second, StringComparison.OrdinalIgnoreCase))
        {
            context.Error(DiagnosticCodes.Contradiction, $"{Head}.{key}", $"both components have the {key} '{second}'");
        }
    }

    private static void Component(CheckContext context, string path, ComponentConfig component, int? outputs, string standardInput, int?[]? shape)
    {
        var io = component.Io;
        Count(context, path + ".io.inputs", io.Inputs.Count, 1);
        Count(context, path + ".io.outputs", io.Outputs.Count, outputs);
        var input = io.Inputs.Count == 0 ? standardInput : io.Inputs[0].Name;
        var names = io.Inputs.Concat(io.Outputs).Select(tensor => tensor.Name).ToList();
        foreach (var name in names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            context.Error(DiagnosticCodes.Contradiction, path + ".io", $"the tensor '{name}' stands twice in {path}.io");
        }

        foreach (var (name, axes) in io.DynamicAxes)
        {
            var at = context.AtName(path + ".io.dynamic_axes", name);
            if (io.Inputs.Count > 0 && io.Outputs.Count > 0 && !names.Contains(name))
            {
                context.Error(DiagnosticCodes.NotAllowed, at, $"{path}.io.dynamic_axes names '{name}', which is none of its tensors{Guess(name, names)}");
            }

            foreach (var axis in axes.Keys.Where(axis => !int.TryParse(axis, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index > 3))
            {
                context.Error(DiagnosticCodes.OutOfRange, at, $"{path}.io.dynamic_axes.{name} has the axis '{axis}'; axes are 0 to 3");
            }
        }

        foreach (var (name, profile) in component.TensorrtProfile ?? new Dictionary<string, TensorrtProfileConfig>())
        {
            var at = context.AtName(path + ".tensorrt_profile", name);
            if (name != input)
            {
                context.Error(DiagnosticCodes.NotAllowed, at, $"{path}.tensorrt_profile names '{name}'; the input is '{input}'");
            }

            Profile(context, $"{path}.tensorrt_profile.{KeyPath.Join("", name)}", at, profile, shape);
        }
    }

    private static void Profile(CheckContext context, string path, SourceLocation at, TensorrtProfileConfig profile, int?[]? shape)
    {
        var shapes = new[] { profile.MinShape, profile.OptShape, profile.MaxShape };
        var rank = shape?.Length ?? profile.MinShape.Count;
        if (shapes.Any(item => item.Count != rank))
        {
            context.Error(DiagnosticCodes.InconsistentModel, at, $"{path} has shapes of {string.Join(", ", shapes.Select(item => item.Count))} axes; the input has {rank}");
            return;
        }

        for (var axis = 0; axis < rank; axis++)
        {
            var (least, best, most) = (profile.MinShape[axis], profile.OptShape[axis], profile.MaxShape[axis]);
            if (least > best || best > most)
            {
                context.Error(DiagnosticCodes.InconsistentModel, at, $"{path} has {least}, {best}, {most} for axis {axis}; they must not fall from min_shape over opt_shape to max_shape");
            }
            else if (shape?[axis] is { } wanted && (least != wanted || most != wanted))
            {
                context.Error(DiagnosticCodes.InconsistentModel, at, $"{path} has {least} to {most} for axis {axis}; the model has {wanted}");
            }
        }
    }

    private static void Count(CheckContext context, string key, int count, int? wanted)
    {
        if (count > 0 && wanted is { } number && count != number)
        {
            context.Error(DiagnosticCodes.InconsistentModel, key, $"{key} names {count} tensors; the graph has {number}");
        }
    }

    private static int? OutputCount(CheckContext context) =>
        context.Config.Model is { } model && context.Usable("model.pts_bbox_head") ? model.PtsBboxHead.Tasks.Count * (model.PtsBboxHead.CommonHeads.Count + 1) : null;

    private static int?[]? EncoderShape(CheckContext context) =>
        context.Config.Model is { } model && context.Usable("model.max_num_points", "model.pts_voxel_encoder")
            ? [null, model.MaxNumPoints, model.PtsVoxelEncoder.DecoratedChannels]
            : null;

    private static int?[]? CanvasShape(CheckContext context) =>
        context.Config.Model is { } model && context.Usable("model.point_cloud_range", "model.voxel_size", "model.pts_backbone.in_channels")
            ? [1, model.PtsBackbone.InChannels, model.GridY, model.GridX]
            : null;

    private static string Guess(string name, IEnumerable<string> names) => Spelling.Nearest(name, names) is { } near ? $"; did you mean '{near}'?" : "";
}
