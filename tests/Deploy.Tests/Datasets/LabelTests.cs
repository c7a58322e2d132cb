using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>From categories to classes: mapping, merging, filtering.</summary>
public sealed class LabelTests
{
    private static readonly string[] Classes = ["car", "truck", "bus", "bicycle", "pedestrian"];

    [Theory]
    [InlineData("vehicle.emergency (ambulance & police)", "car")]
    [InlineData("forklift", "car")]
    [InlineData("vehicle.bus (bendy & rigid)", "bus")]
    [InlineData("vehicle.fire", "truck")]
    [InlineData("tractor_unit", "truck")]
    [InlineData("motorcycle", "bicycle")]
    [InlineData("personal_mobility", "pedestrian")]
    [InlineData("pedestrian.wheelchair", "pedestrian")]
    public void T4_categories_map_as_awml_maps_them(string category, string expected)
    {
        var (objects, _) = Apply(Object(category, 0, 0, 4, 2));
        Assert.Equal(expected, Classes[Assert.Single(objects).Label]);
    }

    [Fact]
    public void Categories_without_a_class_are_left_out_and_counted()
    {
        var (objects, ignored) = Apply(Object("animal", 0, 0, 1, 1), Object("car", 5, 0, 4, 2), Object("animal", 9, 0, 1, 1), Object("movable_object.barrier", 0, 9, 1, 1));
        Assert.Equal(0, Assert.Single(objects).Label);
        Assert.Equal(new Dictionary<string, int> { ["animal"] = 2, ["movable_object.barrier"] = 1 }, ignored);
    }

    [Fact]
    public void A_mapping_of_the_config_replaces_the_types_own()
    {
        var (objects, ignored) = Apply(
            options => options with { NameMapping = new Dictionary<string, string> { ["tank"] = "truck" } },
            Object("tank", 0, 0, 4, 2),
            Object("car", 50, 0, 4, 2),
            Object("forklift", 90, 0, 4, 2));
        Assert.Equal([1, 0], objects.Select(item => item.Label));
        Assert.Equal(["forklift"], ignored.Keys);
    }

    [Theory]
    [InlineData("vehicle.bicycle", "vehicle_state.parked", 0)]
    [InlineData("vehicle.bicycle", "cycle_state.with_rider", 1)]
    [InlineData("motorcycle", "motorcycle_state.without_rider", 0)]
    [InlineData("car", "vehicle_state.parked", 1)]
    public void Bicycles_without_riders_are_filtered_by_their_category(string category, string attribute, int kept)
    {
        var (objects, ignored) = Apply(Object(category, 0, 0, 2, 1) with { Attributes = [attribute] });
        Assert.Equal(kept, objects.Count);
        Assert.Empty(ignored);
    }

    [Fact]
    public void A_truck_and_the_trailer_behind_it_become_one_truck()
    {
        var (objects, _) = Apply(Object("car", 50, 0, 4, 2), Object("trailer", -8, 0, 10, 2.5) with { PointCount = 30 }, Object("truck", 0, 0, 5, 2.5) with { PointCount = 12 });
        Assert.Equal([1, 0], objects.Select(item => item.Label));

        // The trailer has the larger footprint: it grows from x = −3 to the truck's front at 2.5.
        var merged = objects[0];
        Assert.Equal(42, merged.PointCount);
        Assert.Equal((-5.25, 0.0, 15.5, 2.5), (merged.Box.X, merged.Box.Y, merged.Box.L, merged.Box.W));
    }

    [Fact]
    public void Only_pairs_whose_ends_are_within_2_metres_or_that_overlap_are_merged()
    {
        Assert.Single(Apply(Object("truck", 0, 0, 5, 2.5), Object("trailer", -9.49, 0, 10, 2.5)).Objects);
        var (apart, ignored) = Apply(Object("truck", 0, 0, 5, 2.5), Object("trailer", -9.6, 0, 10, 2.5));
        Assert.Single(apart);
        Assert.Equal(["trailer"], ignored.Keys);
        Assert.Empty(Apply(Object("truck", 0, 0, 20, 2.5), Object("trailer", 0, 1, 6, 1)).Ignored);
    }

    [Fact]
    public void Each_object_is_merged_once()
    {
        var (objects, ignored) = Apply(Object("truck", 0, 0, 5, 2.5), Object("truck", 1, 0, 5, 2.5), Object("trailer", -8, 0, 10, 2.5));
        Assert.Equal(2, objects.Count);
        Assert.Empty(ignored);
    }

    [Fact]
    public void The_longer_box_is_extended_to_the_projection_of_the_far_end()
    {
        // A trailer along +y (yaw 90°) and a truck that turns off at 45° from its front end.
        var trailer = new TableObject("trailer", new Box3D(0, 0, 2, 10, 2, 3, Math.PI / 2, 2, 0), 1, []);
        var truck = new TableObject("truck", new Box3D(1, 7, 1, 4, 2, 2, Math.PI / 4, 4, 6), 1, []);
        var merged = Assert.Single(Apply(trailer, truck).Objects).Box;
        var far = 7 + Math.Sqrt(2);
        Assert.Equal(5 + far, merged.L, 9);
        Assert.Equal(2, merged.W, 9);
        Assert.Equal(0, merged.X, 9);
        Assert.Equal((far - 5) / 2, merged.Y, 9);
        Assert.Equal(Math.PI / 2, merged.Yaw, 9);
        Assert.Equal((1.75, 3.5), (merged.Z, merged.H));
        Assert.Equal((3.0, 3.0), (merged.Vx, merged.Vy));
    }

    [Fact]
    public void A_merge_rule_without_two_classes_is_an_option_error()
    {
        using var tables = new TinyTables().Write();
        var failure = Assert.Throws<QuantException>(() => tables.Open(options => options with { MergeObjects = new Dictionary<string, IReadOnlyList<string>> { ["truck"] = ["truck"] } }));
        Assert.Equal(DiagnosticCodes.DatasetOptionsInvalid, failure.Code);
    }

    [Fact]
    public void A_set_whose_objects_have_none_of_the_classes_is_warned_of()
    {
        using var tables = new TinyTables().Write();
        var source = tables.Open(options => options with { ClassNames = ["ship"] });
        var note = Assert.Single(source.Notes);
        Assert.Equal(DiagnosticCodes.DatasetClassesUnmatched, note.Code);
        Assert.Contains("car (2)", note.Message, StringComparison.Ordinal);
    }

    private static TableObject Object(string category, double x, double y, double l, double w) => new(category, new Box3D(x, y, 0, l, w, 2, 0, 0, 0), 5, []);

    private static (IReadOnlyList<GroundTruth> Objects, IReadOnlyDictionary<string, int> Ignored) Apply(params TableObject[] objects) => Apply(null, objects);

    /// <summary>What becomes of the objects of a frame of a T4 set.</summary>
    private static (IReadOnlyList<GroundTruth> Objects, IReadOnlyDictionary<string, int> Ignored) Apply(Func<DatasetOptions, DatasetOptions>? change, params TableObject[] objects)
    {
        using var tables = new TinyTables();
        tables.Tables["sample_annotation"].Clear();
        foreach (var item in objects)
        {
            tables.Add(item);
        }

        tables.Write();
        var source = tables.Open(change);
        return (source.Load(0).Objects!, source.IgnoredObjects);
    }
}
