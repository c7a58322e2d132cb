using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quant.Core.Models;

namespace Deploy.Reporting;

/// <summary>The detections of one frame as text: metres, radians, m/s; z is the gravity centre.</summary>
public static class DetectionText
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, NewLine = "\n", NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static readonly string[] Columns = ["class", "score", "x", "y", "z", "l", "w", "h", "yaw", "vx", "vy"];

    /// <summary>An array of objects.</summary>
    public static string Json(IReadOnlyList<Detection> detections, IReadOnlyList<string> classes) => JsonSerializer.Serialize(
        detections.Select(item => Columns.Zip(Values(item, classes)).ToDictionary(cell => cell.First, cell => cell.Second)),
        Options) + "\n";

    /// <summary>A header and one line per detection.</summary>
    public static string Csv(IReadOnlyList<Detection> detections, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(detections);
        var text = new StringBuilder().AppendJoin(',', Columns).Append('\n');
        foreach (var item in detections)
        {
            text.AppendJoin(',', Values(item, classes).Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }

    private static object[] Values(Detection item, IReadOnlyList<string> classes)
    {
        var box = item.Box;
        return [classes[item.Label], Math.Round(item.Score, 6), .. new[] { box.X, box.Y, box.Z, box.L, box.W, box.H, box.Yaw, box.Vx, box.Vy }.Select(value => (object)Math.Round(value, 5))];
    }
}
