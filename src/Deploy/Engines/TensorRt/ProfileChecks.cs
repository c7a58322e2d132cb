using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>Profiles against the graph they are for, before trtexec sees them: it would fail late, or build for a batch of 1 in silence.</summary>
internal static class ProfileChecks
{
    /// <summary>The profiles of dynamic inputs only: trtexec refuses shapes for a graph whose every size is fixed.</summary>
    /// <exception cref="QuantException">QNT0504, every problem at once.</exception>
    public static IReadOnlyList<ShapeProfile> ForGraph(IReadOnlyList<ShapeProfile> profiles, OnnxFacts graph)
    {
        var bag = new DiagnosticBag();
        foreach (var profile in profiles)
        {
            if (graph.Inputs.FirstOrDefault(input => input.Name == profile.Input) is not { } input)
            {
                bag.Error(DiagnosticCodes.EngineRequestInvalid, $"the profile names input '{profile.Input}', but the graph has {string.Join(", ", graph.Inputs.Select(item => $"'{item.Name}'"))}; correct tensorrt_profile");
                continue;
            }

            Check(profile, input, bag);
        }

        foreach (var input in graph.Inputs.Where(input => input.IsDynamic && !profiles.Any(profile => profile.Input == input.Name)))
        {
            bag.Error(DiagnosticCodes.EngineRequestInvalid, $"input '{input.Name}' has open sizes but no profile, and trtexec would build for size 1; add tensorrt_profile for it");
        }

        bag.ThrowIfErrors();
        return [.. profiles.Where(profile => graph.Inputs.Any(input => input.Name == profile.Input && input.IsDynamic))];
    }

    private static void Check(ShapeProfile profile, OnnxInput input, DiagnosticBag bag)
    {
        var (min, opt, max) = (profile.Min, profile.Opt, profile.Max);
        if (min.Count != input.Shape.Count || opt.Count != input.Shape.Count || max.Count != input.Shape.Count)
        {
            bag.Error(DiagnosticCodes.EngineRequestInvalid, $"the profile of '{input.Name}' has {min.Count}, {opt.Count} and {max.Count} sizes, but the input has {input.Shape.Count}; correct tensorrt_profile");
            return;
        }

        for (var axis = 0; axis < input.Shape.Count; axis++)
        {
            if (min[axis] < 1 || min[axis] > opt[axis] || opt[axis] > max[axis])
            {
                bag.Error(DiagnosticCodes.EngineRequestInvalid, $"the profile of '{input.Name}' has min {min[axis]}, opt {opt[axis]}, max {max[axis]} on axis {axis}; they must be at least 1 and ascend");
            }
            else if (input.Shape[axis] is { } size && (min[axis] != size || max[axis] != size))
            {
                bag.Error(DiagnosticCodes.EngineRequestInvalid, $"the profile of '{input.Name}' has {min[axis]}…{max[axis]} on axis {axis}, but the graph fixes it at {size}; export with dynamic axes or correct tensorrt_profile");
            }
        }
    }
}
