using System.Globalization;
using Quant.Core.Models;
using SkiaSharp;

namespace Deploy.Reporting;

/// <summary>A frame from above: points, boxes with heading and score; x points up, y to the left, as in the LiDAR frame.</summary>
public static class BirdsEyePicture
{
    private const int Size = 1000;
    private static readonly SKColor[] Palette = [SKColors.DodgerBlue, SKColors.OrangeRed, SKColors.MediumSeaGreen, SKColors.Goldenrod, SKColors.MediumOrchid, SKColors.Teal, SKColors.Crimson, SKColors.SlateGray];

    /// <summary>Writes a PNG.</summary>
    public static void Write(string path, PointCloud points, IReadOnlyList<Detection> detections, ModelConfig model)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentNullException.ThrowIfNull(model);
        var range = model.PointCloudRange;
        var scale = Size / Math.Max(range[3] - range[0], range[4] - range[1]);
        using var bitmap = new SKBitmap(Size, Size);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        using (var dot = new SKPaint { Color = new SKColor(120, 120, 120) })
        {
            for (var point = 0; point < points.Count; point++)
            {
                var at = Pixel(points.Values[point * points.Columns], points.Values[(point * points.Columns) + 1]);
                canvas.DrawRect(at.X, at.Y, 1, 1, dot);
            }
        }

        using var font = new SKFont { Size = 12 };
        foreach (var item in detections)
        {
            using var paint = new SKPaint { Color = Palette[item.Label % Palette.Length], IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 2 };
            var (sin, cos) = Math.SinCos(item.Box.Yaw);
            SKPoint At(double l, double w) => Pixel(item.Box.X + (l * cos) - (w * sin), item.Box.Y + (l * sin) + (w * cos));
            var (l, w) = (item.Box.L / 2, item.Box.W / 2);
            SKPoint[] corners = [At(l, w), At(l, -w), At(-l, -w), At(-l, w), At(l, w)];
            canvas.DrawPoints(SKPointMode.Polygon, corners, paint);
            canvas.DrawLine(At(0, 0), At(l, 0), paint);
            paint.Style = SKPaintStyle.Fill;
            var text = string.Create(CultureInfo.InvariantCulture, $"{model.PtsBboxHead.ClassNames[item.Label]} {item.Score:F2}");
            canvas.DrawText(text, At(l, w), font, paint);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using var stream = File.Create(path);
        data.SaveTo(stream);

        SKPoint Pixel(double x, double y) => new((float)((range[4] - y) * scale), (float)((range[3] - x) * scale));
    }
}
