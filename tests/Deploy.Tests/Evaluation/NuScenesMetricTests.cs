using Deploy.Datasets;
using Deploy.Evaluation;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Xunit;
using static Deploy.Tests.Evaluation.Make;

namespace Deploy.Tests.Evaluation;

public sealed class NuScenesMetricTests
{
    private static readonly string[] Car = ["car"];

    private static double Ap(ModelEvaluation evaluation, string name = "car") => evaluation.PerClass[name].Ap!.Value;

    [Fact]
    public void A_perfect_detection_without_attributes_has_AP_1_and_NDS_09()
    {
        var evaluation = NuScenes(Car, Frame([Truth(10, vx: 3)], [Found(10, 0.9, vx: 3)]));
        Assert.Equal(1, evaluation.Map!.Value, 1e-12);
        Assert.Equal([0, 0, 0, 0, 1], [evaluation.Mate, evaluation.Mase, evaluation.Maoe, evaluation.Mave, evaluation.Maae]);
        Assert.Equal(0.9, evaluation.Nds!.Value, 1e-12);
    }

    [Fact]
    public void Precision_is_interpolated_linearly_without_an_envelope()
    {
        // Recall 0 → 1 with precision 0 → 0.5: Σ (0.005·i − 0.1) for i = 21…100 is 16.2, over 90 and 0.9.
        Assert.Equal(0.2, Ap(NuScenes(Car, Frame([Truth(10)], [Found(30, 0.9), Found(10, 0.8)]))), 1e-12);
    }

    [Fact]
    public void A_duplicate_match_is_a_false_positive_that_only_lowers_the_last_point()
    {
        // 89 points at precision 1 and one at 0.5.
        Assert.Equal(80.5 / 81, Ap(NuScenes(Car, Frame([Truth(10)], [Found(10, 0.9), Found(10, 0.8)]))), 1e-12);
    }

    [Fact]
    public void Of_equal_scores_the_later_detection_comes_first()
    {
        Assert.Equal(0.2, Ap(NuScenes(Car, Frame([Truth(10)], [Found(10, 0.8), Found(30, 0.8)]))), 1e-12);
        Assert.Equal(80.5 / 81, Ap(NuScenes(Car, Frame([Truth(10)], [Found(30, 0.8), Found(10, 0.8)]))), 1e-12);
    }

    [Fact]
    public void Of_equal_scores_in_two_frames_the_later_frame_comes_first()
    {
        var hit = Frame([Truth(10)], [Found(10, 0.8)], "hit");
        var miss = Frame([], [Found(30, 0.8)], "miss");
        Assert.Equal(0.2, Ap(NuScenes(Car, hit, miss)), 1e-12);
        Assert.Equal(80.5 / 81, Ap(NuScenes(Car, miss, hit)), 1e-12);
    }

    [Fact]
    public void Minus_zero_and_zero_are_one_score() =>
        Assert.Equal(0.2, Ap(NuScenes(Car, Frame([Truth(10)], [Found(10, 0.0), Found(30, -0.0)]))), 1e-12);

    [Fact]
    public void A_match_must_be_strictly_nearer_than_the_distance() =>
        Assert.Equal([0.0, 1, 1, 1], NuScenes(Car, Frame([Truth(10)], [Found(10.5, 0.9)])).PerClass["car"].Thresholds.Select(t => Math.Round(t.Ap!.Value, 12)));

    [Fact]
    public void Each_distance_matches_on_its_own_and_the_nearest_free_object_is_taken()
    {
        // The first detection takes the object at 10; the second is left with the one at 13, 2.9 m away.
        var evaluation = NuScenes(Car, Frame([Truth(10), Truth(13)], [Found(10.2, 0.9), Found(10.1, 0.8)]));
        var thresholds = evaluation.PerClass["car"].Thresholds;
        Assert.Equal(1, thresholds[3].Ap!.Value, 1e-12);

        // Recall ½ with precision 1, then ½ at recall 0.5 itself: 39 points of 0.9 and one of 0.4.
        Assert.Equal(((39 * 0.9) + 0.4) / 81, thresholds[2].Ap!.Value, 1e-12);
    }

    [Fact]
    public void Recall_at_or_below_a_tenth_counts_for_nothing()
    {
        var truth = Enumerable.Range(0, 11).Select(i => Truth(10 * i)).ToArray();
        var evaluation = NuScenes(Car, Frame(truth, [Found(0.3, 0.9)]));
        Assert.Equal(0, evaluation.Map);
        Assert.Equal([1, 1, 1, 1, 1], [evaluation.Mate, evaluation.Mase, evaluation.Maoe, evaluation.Mave, evaluation.Maae]);
    }

    [Fact]
    public void Ten_of_a_hundred_found_objects_reach_recall_point_10_only_and_eleven_reach_the_first_that_counts()
    {
        static ModelEvaluation Of(int found) => NuScenes(
            Car, Frame([.. Enumerable.Range(0, 100).Select(i => Truth(10 * i))], [.. Enumerable.Range(0, found).Select(i => Found(10 * i, 0.9 - (0.001 * i)))]));
        Assert.Equal(0, Of(10).Map);
        Assert.Equal(1, Of(10).Mate);

        // 11/100 and 11 · 0.01 are the same double.
        Assert.Equal(1 / 90.0, Of(11).Map!.Value, 1e-12);
        Assert.Equal(0, Of(11).Mate);
    }

    [Fact]
    public void A_class_without_objects_has_AP_0_and_errors_1_and_counts_in_the_mean()
    {
        var evaluation = NuScenes(["car", "bus"], Frame([Truth(10)], [Found(10, 0.9), Found(10, 0.9, label: 1)]));
        Assert.Equal(0.5, evaluation.Map!.Value, 1e-12);
        Assert.Equal(0, evaluation.PerClass["bus"].Ap);
        Assert.Equal(1, evaluation.PerClass["bus"].Ate);
        Assert.Equal(0.5, evaluation.Mate!.Value, 1e-12);
    }

    [Fact]
    public void Errors_are_cumulative_means_read_at_the_confidence_of_each_recall_point()
    {
        // Recall ½ at 0.9 with error 0.2, recall 1 at 0.8 with mean error 0.3: 39 points of 0.2, then 0.2 … 0.3 linearly over 51 points.
        var evaluation = NuScenes(Car, Frame([Truth(10), Truth(30)], [Found(10.2, 0.9), Found(30.4, 0.8)]));
        Assert.Equal(20.55 / 90, evaluation.Mate!.Value, 1e-9);
    }

    [Fact]
    public void Scale_error_is_one_minus_the_aligned_intersection_over_union()
    {
        var found = Found(10, 0.9) with { Box = Box(10) with { L = 2, W = 3 } };

        // Intersection 2·2·1.5 = 6, volumes 12 and 9.
        Assert.Equal(1 - (6 / 15.0), NuScenes(Car, Frame([Truth(10)], [found])).Mase!.Value, 1e-12);
    }

    [Theory]
    [InlineData("car", 3.1, -3.1, (2 * Math.PI) - 6.2)]
    [InlineData("car", 0.0, Math.PI, Math.PI)]
    [InlineData("car", 20 * Math.PI, 0.25, 0.25)]
    [InlineData("barrier", 0.0, Math.PI, 0)]
    [InlineData("barrier", 0.1, (Math.PI / 2) + 0.2, (Math.PI / 2) - 0.1)]
    [InlineData("barrier", 1.5, -1.5, Math.PI - 3.0)]
    public void Heading_errors_wrap_with_period_2_pi_or_pi_for_barriers(string name, double truth, double found, double expected) =>
        Assert.Equal(expected, NuScenes([name], Frame([Truth(10, yaw: truth)], [Found(10, 0.9, yaw: found)])).Maoe!.Value, 1e-9);

    [Fact]
    public void Cones_have_no_heading_velocity_or_attribute_error_and_barriers_no_velocity_or_attribute_error()
    {
        var evaluation = NuScenes(
            ["car", "traffic_cone", "barrier"],
            Frame(
                [Truth(10), Truth(20, label: 1), Truth(30, label: 2)],
                [Found(10, 0.9, yaw: 0.3, vx: 2), Found(20, 0.9, label: 1, yaw: 1, vx: 9), Found(30, 0.9, label: 2, yaw: 0.1, vx: 9)]));
        Assert.Equal((0.3 + 0.1) / 2, evaluation.Maoe!.Value, 1e-9);
        Assert.Equal(2, evaluation.Mave!.Value, 1e-9);
        Assert.Null(evaluation.PerClass["traffic_cone"].Aoe);
        Assert.Null(evaluation.PerClass["barrier"].Ave);
    }

    [Fact]
    public void An_error_that_no_class_has_is_undefined_and_adds_nothing_to_NDS()
    {
        var evaluation = NuScenes(["traffic_cone"], Frame([Truth(10)], [Found(10, 0.9)]));
        Assert.Null(evaluation.Mave);
        Assert.Equal(0.7, evaluation.Nds!.Value, 1e-12);
    }

    [Fact]
    public void Unknown_velocities_are_left_out_and_all_unknown_gives_1()
    {
        var known = Frame([Truth(10, vx: double.NaN), Truth(30, vx: 1)], [Found(10, 0.9), Found(30, 0.8, vx: 3)]);

        // The devkit's running mean starts at 0 while only unknown velocities were seen: 39 points of 0, then 0 … 2 over 51 points.
        Assert.Equal(51 / 90.0, NuScenes(Car, known).Mave!.Value, 1e-6);
        Assert.Equal(1, NuScenes(Car, Frame([Truth(10, vx: double.NaN)], [Found(10, 0.9)])).Mave);
    }

    [Fact]
    public void Errors_above_1_do_not_lower_NDS_further() =>
        Assert.Equal((5 + 3) / 10.0, NuScenes(Car, Frame([Truth(10, vx: 50)], [Found(10, 0.9)])).Nds!.Value, 1e-12);

    [Fact]
    public void Predicted_attributes_are_scored_and_objects_without_one_are_left_out()
    {
        var truth = new[] { Truth(10, attributes: "vehicle.parked"), Truth(20, attributes: "vehicle.moving"), Truth(30) };
        var frame = Frame(truth, [Found(10, 0.9), Found(20, 0.9), Found(30, 0.9)]) with { DetectionAttributes = ["vehicle.parked", "vehicle.parked", ""] };

        // In score order (later first): nothing known (0), then wrong (mean 1), then right (mean ½); one confidence, so the first mean holds.
        Assert.Equal(0, NuScenes(Car, frame).Maae);
        Assert.Equal(1, NuScenes(Car, frame with { DetectionAttributes = null }).Maae);
    }

    [Fact]
    public void Ranges_are_strict_and_apply_to_objects_and_detections()
    {
        var options = new MetricOptions(MetricOptions.NuScenes, ["pedestrian"], NuScenesClasses.Ranges);
        var inside = Math.BitDecrement(40.0);
        var evaluation = DetectionMetrics.Evaluate([Frame([Truth(40), Truth(0, inside)], [Found(40, 0.9), Found(0, 0.8, y: inside), Found(24, 0.7, y: 32)])], options);
        Assert.Equal(1, evaluation.PerClass["pedestrian"].Objects);
        Assert.Equal(1, evaluation.PerClass["pedestrian"].Detections);
        Assert.Equal(1, evaluation.Map!.Value, 1e-12);
    }

    [Fact]
    public void Objects_without_points_are_dropped_and_unknown_counts_stay()
    {
        var evaluation = NuScenes(Car, Frame([Truth(10, points: 0), Truth(20, points: -1)], [Found(20, 0.9)]));
        Assert.Equal(1, evaluation.PerClass["car"].Objects);
        Assert.Equal(1, evaluation.Map!.Value, 1e-12);
    }

    [Fact]
    public void Bicycles_in_a_bicycle_rack_are_not_evaluated()
    {
        var rack = Box(10, 0, Math.PI / 2) with { L = 6, W = 1 };
        var frame = Frame([Truth(10, 2.5), Truth(12.5)], [Found(10, 0.9, y: 2.9), Found(12.5, 0.8)]) with { BikeRacks = [rack] };
        var evaluation = NuScenes(["bicycle"], frame);
        Assert.Equal(1, evaluation.PerClass["bicycle"].Objects);
        Assert.Equal(1, evaluation.PerClass["bicycle"].Detections);
        Assert.Equal(2, NuScenes(Car, frame).PerClass["car"].Objects);
    }

    [Fact]
    public void Minimum_recall_and_precision_can_be_turned_off()
    {
        var options = new MetricOptions(MetricOptions.NuScenes, Car, MinRecall: 0, MinPrecision: 0);

        // Points 1…100 of precision 0.005·i.
        Assert.Equal(0.2525, Ap(DetectionMetrics.Evaluate([Frame([Truth(10)], [Found(30, 0.9), Found(10, 0.8)])], options)), 1e-12);
    }

    [Theory]
    [InlineData("nuscene", "QNT0610", "nuscene")]
    [InlineData("", "QNT0610", "unknown metric")]
    public void An_unknown_metric_is_named(string metric, string code, string text)
    {
        var error = Assert.Throws<QuantException>(() => DetectionMetrics.Evaluate([], new MetricOptions(metric, Car)));
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_a_range_is_named()
    {
        var error = Assert.Throws<QuantException>(() => DetectionMetrics.Evaluate(
            [Frame([], [])], new MetricOptions(MetricOptions.NuScenes, ["car", "tram"], NuScenesClasses.Ranges)));
        Assert.Equal(DiagnosticCodes.MetricOptionsInvalid, error.Code);
        Assert.Contains("'tram'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_that_would_be_counted_wrong_are_refused()
    {
        void Refused(string text, params FrameResult[] frames)
        {
            var error = Assert.Throws<QuantException>(() => NuScenes(Car, frames));
            Assert.Equal(DiagnosticCodes.MetricInputInvalid, error.Code);
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }

        Refused("no labelled frame");
        Refused("'a' is listed twice", Frame([], []), Frame([], []));
        Refused("501 detections", Frame([], [.. Enumerable.Range(0, 501).Select(i => Found(i, 0.5))]));
        Refused("detection 1", Frame([], [Found(1, 0.5), Found(double.NaN, 0.5)]));
        Refused("detection 0", Frame([], [Found(1, double.NaN)]));
        Refused("detection 0", Frame([], [Found(1, 0.5, label: 1)]));
        Refused("object 0", Frame([Truth(1, label: -1)], []));
        Refused("object 0", Frame([new(0, Box(1) with { W = 0 }, 3, [])], []));
    }
}
