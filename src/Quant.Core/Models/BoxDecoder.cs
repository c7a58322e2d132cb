namespace Quant.Core.Models;

/// <summary>
/// Head outputs → detections, as MMDetection3D's CenterPointBBoxCoder and CenterHead.predict_by_feat: sigmoid, the best
/// <c>max_num</c> cells per class and then over classes, sub-cell offsets, score and range filters, non-maximum suppression
/// per task. There is no local-maximum pooling.
/// </summary>
public static class BoxDecoder
{
    /// <summary>Decodes one frame.</summary>
    /// <param name="outputs">Raw outputs [1, C, H, W]; with several tasks the names end in <c>_0</c>, <c>_1</c>, ….</param>
    /// <param name="model">Geometry, tasks and test configuration.</param>
    /// <returns>Task by task, best score first; z is the gravity centre.</returns>
    public static IReadOnlyList<Detection> Decode(IReadOnlyDictionary<string, HostTensor> outputs, ModelConfig model)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(model);
        var detections = new List<Detection>();
        var firstLabel = 0;
        for (var task = 0; task < model.PtsBboxHead.Tasks.Count; task++)
        {
            var suffix = model.PtsBboxHead.Tasks.Count == 1 ? "" : $"_{task}";
            var candidates = Candidates(name => outputs.GetValueOrDefault(name + suffix), model, firstLabel);
            var radii = model.TestCfg.MinRadius;
            detections.AddRange(model.TestCfg.NmsType == "rotate"
                ? NonMaximumSuppression.Rotated(candidates, model.TestCfg.NmsThr, model.TestCfg.PreMaxSize, model.TestCfg.PostMaxSize)
                : NonMaximumSuppression.Circle(candidates, radii[Math.Min(task, radii.Count - 1)], model.TestCfg.PostMaxSize));
            firstLabel += model.PtsBboxHead.Tasks[task].Count;
        }

        return detections;
    }

    private static List<Detection> Candidates(Func<string, HostTensor?> output, ModelConfig model, int firstLabel)
    {
        var heatmap = output("heatmap") ?? throw new ArgumentException("the outputs hold no heatmap");
        var (classes, height, width) = ((int)heatmap.Shape[1], (int)heatmap.Shape[2], (int)heatmap.Shape[3]);
        var cells = height * width;
        var best = new List<(float Score, int Index)>();
        for (var label = 0; label < classes; label++)
        {
            var passing = new List<(float Score, int Index)>();
            for (var cell = 0; cell < cells; cell++)
            {
                var score = 1f / (1f + MathF.Exp(-heatmap.Values[(label * cells) + cell]));
                if (score > model.TestCfg.ScoreThreshold)
                {
                    passing.Add((score, (label * cells) + cell));
                }
            }

            best.AddRange(Best(passing, model.TestCfg.MaxNum));
        }

        var boxes = new List<Detection>();
        foreach (var (score, index) in Best(best, model.TestCfg.MaxNum))
        {
            var cell = index % cells;
            var box = Box(output, model, cell, cell % width, cell / width, cells);
            var range = model.TestCfg.PostCenterLimitRange;
            if (box.X >= range[0] && box.Y >= range[1] && box.Z >= range[2] && box.X <= range[3] && box.Y <= range[4] && box.Z <= range[5])
            {
                boxes.Add(new Detection(firstLabel + (index / cells), score, box));
            }
        }

        return boxes;
    }

    private static Box3D Box(Func<string, HostTensor?> output, ModelConfig model, int cell, int column, int row, int cells)
    {
        float Value(string name, int channel) => output(name)!.Values[(channel * cells) + cell];
        float Size(int channel) => model.PtsBboxHead.NormBbox ? MathF.Exp(Value("dim", channel)) : Value("dim", channel);
        var factor = model.PtsBboxHead.OutSizeFactor;
        var x = ((column + Value("reg", 0)) * factor * model.VoxelSize[0]) + model.PointCloudRange[0];
        var y = ((row + Value("reg", 1)) * factor * model.VoxelSize[1]) + model.PointCloudRange[1];
        var yaw = MathF.Atan2(Value("rot", 0), Value("rot", 1));
        var (vx, vy) = output("vel") is null ? (float.NaN, float.NaN) : (Value("vel", 0), Value("vel", 1));
        return new Box3D(x, y, Value("height", 0), Size(0), Size(1), Size(2), yaw, vx, vy);
    }

    /// <summary>Highest scores first; equal scores in index order, so that the result does not depend on a sort's internals.</summary>
    private static IEnumerable<(float Score, int Index)> Best(List<(float Score, int Index)> candidates, int count)
    {
        candidates.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Index.CompareTo(b.Index));
        return candidates.Take(count);
    }
}
