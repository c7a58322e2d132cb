namespace Deploy.Datasets;

/// <summary>Class rules of a data set type when the options state none.</summary>
public static class LabelDefaults
{
    private static readonly Dictionary<string, string> T4Names = Mapping(
        ("car", "car vehicle.car vehicle.ambulance vehicle.police police_car ambulance forklift kart"),
        ("truck", "truck vehicle.truck vehicle.construction vehicle.fire fire_truck tractor_unit construction_vehicle"),
        ("bus", "bus vehicle.bus"),
        ("trailer", "trailer vehicle.trailer semi_trailer"),
        ("bicycle", "bicycle motorcycle vehicle.bicycle vehicle.motorcycle"),
        ("pedestrian", "pedestrian police_officer construction_worker stroller wheelchair personal_mobility"),
        ("pedestrian", "pedestrian.adult pedestrian.child pedestrian.construction_worker pedestrian.personal_mobility"),
        ("pedestrian", "pedestrian.police_officer pedestrian.stroller pedestrian.wheelchair"),
        ("barrier", "movable_object.barrier"),
        ("debris", "movable_object.debris"),
        ("pushable_pullable", "movable_object.pushable_pullable"),
        ("traffic_cone", "movable_object.trafficcone movable_object.traffic_cone"),
        ("bicycle_rack", "static_object.bicycle_rack"),
        ("bollard", "static_object.bollard"));

    private static readonly Dictionary<string, string> NuScenesNames = Mapping(
        ("car", "vehicle.car"),
        ("truck", "vehicle.truck"),
        ("bus", "vehicle.bus.bendy vehicle.bus.rigid"),
        ("trailer", "vehicle.trailer"),
        ("construction_vehicle", "vehicle.construction"),
        ("bicycle", "vehicle.bicycle"),
        ("motorcycle", "vehicle.motorcycle"),
        ("pedestrian", "human.pedestrian.adult human.pedestrian.child human.pedestrian.construction_worker human.pedestrian.police_officer"),
        ("barrier", "movable_object.barrier"),
        ("traffic_cone", "movable_object.trafficcone"));

    private static readonly Dictionary<string, IReadOnlyList<string>> T4Merges = new() { ["truck"] = ["truck", "trailer"] };

    private static readonly Dictionary<string, IReadOnlyList<string>> T4Filters =
        new[] { "bicycle", "motorcycle", "vehicle.bicycle", "vehicle.motorcycle" }.ToDictionary(
            name => name,
            IReadOnlyList<string> (_) => ["vehicle_state.parked", "cycle_state.without_rider", "motorcycle_state.without_rider"]);

    private static readonly Dictionary<string, IReadOnlyList<string>> None = [];

    static LabelDefaults()
    {
        // Names with spaces, from the first version of T4 data sets.
        T4Names["vehicle.emergency (ambulance & police)"] = "car";
        T4Names["vehicle.bus (bendy & rigid)"] = "bus";
        T4Names["static_object.bicycle rack"] = "bicycle_rack";
    }

    /// <summary>
    /// t4: AWML's <c>name_mapping</c> (autoware_ml/configs/detection3d/dataset/t4dataset/base.py); nuscenes and mmdet3d_info: the
    /// devkit's <c>category_to_detection_name</c>, where wheelchairs, strollers, personal mobility and emergency vehicles have no class.
    /// </summary>
    public static IReadOnlyDictionary<string, string> NameMapping(string type) => type == "t4" ? T4Names : NuScenesNames;

    /// <summary>t4: a truck and its trailer are one truck, as AWML's <c>merge_objects</c>; others: none.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> MergeObjects(string type) => type == "t4" ? T4Merges : None;

    /// <summary>t4: bicycles and motorcycles that are parked or have no rider, as AWML's <c>filter_attributes</c>; others: none.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> FilterAttributes(string type) => type == "t4" ? T4Filters : None;

    private static Dictionary<string, string> Mapping(params ReadOnlySpan<(string Class, string Categories)> rows)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, categories) in rows)
        {
            foreach (var category in categories.Split(' '))
            {
                result[category] = name;
            }
        }

        return result;
    }
}
