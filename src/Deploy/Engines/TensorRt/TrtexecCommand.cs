using System.Globalization;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>The arguments of one trtexec build: a list, never a shell string, so that any path is safe.</summary>
public static class TrtexecCommand
{
    /// <summary>Builds and times one engine.</summary>
    /// <exception cref="QuantException">QNT0501: this TensorRT cannot build with that precision policy; the message names the one that can.</exception>
    public static IReadOnlyList<string> Build(EngineRequest request, TensorRtVersion version)
    {
        ArgumentNullException.ThrowIfNull(request);
        var workspace = request.WorkspaceBytes / (1024 * 1024);
        List<string> arguments =
        [
            $"--onnx={request.Onnx}",
            $"--saveEngine={request.Engine}",
            .. PrecisionFlags(request.Precision, version),
            // --workspace was removed in 10.0; --memPoolSize exists since 8.4.
            version.IsAtLeast(8, 4)
                ? string.Create(CultureInfo.InvariantCulture, $"--memPoolSize=workspace:{workspace}")
                : string.Create(CultureInfo.InvariantCulture, $"--workspace={workspace}"),
            "--profilingVerbosity=detailed",
        ];
        if (request.Profile is { } profile)
        {
            arguments.Add($"--minShapes={profile.Input}:{Shape(profile.Min)}");
            arguments.Add($"--optShapes={profile.Input}:{Shape(profile.Opt)}");
            arguments.Add($"--maxShapes={profile.Input}:{Shape(profile.Max)}");
        }

        if (request.TimingCache is { } cache)
        {
            arguments.Add($"--timingCacheFile={cache}");
        }

        if (request.OptimizationLevel is { } level && version.IsAtLeast(8, 6))
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--builderOptimizationLevel={level}"));
        }

        // 11.x turns these on by itself; asking for them on 8.x and 10.x makes times comparable.
        if (version.Major < 11)
        {
            arguments.AddRange(["--useCudaGraph", "--noDataTransfers", "--useSpinWait"]);
        }

        return arguments;
    }

    private static string[] PrecisionFlags(string policy, TensorRtVersion version)
    {
        if (version.Major >= 11)
        {
            // Strong typing is the only mode: every type comes from the graph.
            return policy is "strongly_typed" or "auto"
                ? []
                : throw new QuantException(DiagnosticCodes.PrecisionNotPossible, $"TensorRT {version} has no precision flags, so precision_policy '{policy}' cannot be asked for; set onnx_config.body: fp16 and precision_policy: strongly_typed");
        }

        return policy switch
        {
            "auto" => [],
            "fp16" => ["--fp16"],
            "fp32_tf32" => [],
            "int8" => ["--int8", "--fp16"],
            "strongly_typed" when version.IsAtLeast(9, 1) => ["--stronglyTyped"],
            "strongly_typed" => throw new QuantException(DiagnosticCodes.PrecisionNotPossible, $"TensorRT {version} has no strongly typed networks (9.1 and later do); set precision_policy: int8 and onnx_config.body: fp32"),
            _ => throw new QuantException(DiagnosticCodes.PrecisionNotPossible, $"precision_policy '{policy}' is not known; use auto, fp16, fp32_tf32, int8 or strongly_typed"),
        };
    }

    private static string Shape(IReadOnlyList<int> sizes) => string.Join('x', sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)));
}
