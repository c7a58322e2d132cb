namespace Deploy.Datasets;

/// <summary>The ten classes of nuScenes' detection challenge.</summary>
public static class NuScenesClasses
{
    /// <summary>How far each class is evaluated, in metres from the vehicle (nuscenes-devkit, configs/detection_cvpr_2019.json).</summary>
    public static IReadOnlyDictionary<string, double> Ranges { get; } = new Dictionary<string, double>
    {
        ["car"] = 50,
        ["truck"] = 50,
        ["bus"] = 50,
        ["trailer"] = 50,
        ["construction_vehicle"] = 50,
        ["pedestrian"] = 40,
        ["motorcycle"] = 40,
        ["bicycle"] = 40,
        ["traffic_cone"] = 30,
        ["barrier"] = 30,
    };
}
