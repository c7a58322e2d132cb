using System.Globalization;
using System.Text.RegularExpressions;
using Deploy.Configuration.Binding;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Checks;

/// <summary>Does the <c>quantization</c> section contradict itself or name layers that cannot exist?</summary>
internal static partial class QuantizationChecks
{
    private const string Calibration = "quantization.calibration";
    private static readonly string[] Modules = ["pts_voxel_encoder", "pts_backbone", "pts_neck", "pts_bbox_head"];

    public static void Run(CheckContext context)
    {
        Method(context);
        Equalization(context);
        Patterns(context, "quantization.quantize", context.Config.Quantization.Quantize);
        Patterns(context, "quantization.sensitive_layers", context.Config.Quantization.SensitiveLayers);
        var quantization = context.Config.Quantization;
        if (quantization.Enabled && quantization.QuantizeKinds.Count == 0 && context.Usable("quantization.quantize_kinds", "quantization.enabled"))
        {
            context.Error(DiagnosticCodes.Contradiction, "quantization.quantize_kinds", "quantization.quantize_kinds is empty; name kinds of layers, or set quantization.enabled to false");
        }

        if (quantization.Enabled && quantization.Quantize.Count == 0 && context.Usable("quantization.quantize", "quantization.enabled"))
        {
            context.Error(DiagnosticCodes.Contradiction, "quantization.quantize", "quantization.quantize is empty; name layers, or set quantization.enabled to false");
        }
    }

    private static void Method(CheckContext context)
    {
        const string method = Calibration + ".method";
        const string amax = Calibration + ".amax_method";
        if (!context.IsWritten(method) || !context.IsWritten(amax) || !context.Usable(method, amax))
        {
            return;
        }

        var calibration = context.Config.Quantization.Calibration;
        var agree = calibration.Method switch
        {
            "max" => calibration.AmaxMethod == "max",
            "entropy" => calibration.AmaxMethod == "entropy",
            _ => calibration.AmaxMethod != "max",
        };
        if (!agree)
        {
            context.Error(
                DiagnosticCodes.Contradiction,
                amax,
                $"amax_method {calibration.AmaxMethod} contradicts method {calibration.Method} at {context.At(method)}; remove one of the two");
        }
    }

    private static void Equalization(CheckContext context)
    {
        const string key = "quantization.equalization";
        var quantization = context.Config.Quantization;
        if (context.Usable(key + ".alpha") && quantization.Equalization.Alpha is var alpha && alpha != "auto"
            && !(double.TryParse(alpha, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1))
        {
            context.Error(DiagnosticCodes.OutOfRange, key + ".alpha", $"{key}.alpha is '{alpha}'; it must be auto or a number from 0 to 1");
        }

        if (quantization is { Enabled: true, Equalization.Enabled: true, BiasCorrection.Enabled: false }
            && context.Usable(key + ".enabled", "quantization.bias_correction.enabled"))
        {
            context.Error(
                DiagnosticCodes.Contradiction,
                key + ".enabled",
                $"equalization without bias correction loses accuracy; enable bias_correction (at {context.At("quantization.bias_correction.enabled")}) or disable equalization");
        }
    }

    private static void Patterns(CheckContext context, string key, IReadOnlyList<string> patterns)
    {
        for (var i = 0; i < patterns.Count && context.Usable(key); i++)
        {
            var pattern = patterns[i];
            var at = context.AtItem(key, i);
            if (!WellFormed().IsMatch(pattern))
            {
                context.Error(DiagnosticCodes.NotAllowed, at, $"'{pattern}' is not a layer pattern: names joined by dots, with * and **, as in pts_backbone.blocks.0.*");
            }
            else if (pattern.Split('.')[0] is var module && !module.Contains('*', StringComparison.Ordinal) && !Modules.Contains(module))
            {
                var near = Spelling.Nearest(module, Modules) is { } guess ? $"; did you mean '{guess}'?" : $"; modules: {string.Join(", ", Modules)}";
                context.Error(DiagnosticCodes.NotAllowed, at, $"'{pattern}' matches no layer{near}");
            }
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_*]+(\.[A-Za-z0-9_*]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex WellFormed();
}
