using Deploy.Evaluation;
using Xunit;
using static Deploy.Tests.Evaluation.Make;

namespace Deploy.Tests.Evaluation;

public sealed class T4MetricV2Tests
{
    private static readonly string[] Car = ["car"];

    [Fact]
    public void Precision_is_replaced_by_its_maximum_to_the_right() =>
        // Precision ½ at every recall: (0.5 − 0.1) / 0.9. Without the envelope it would be 0.2.
        Assert.Equal(0.4 / 0.9, T4(Car, Frame([Truth(10)], [Found(30, 0.9), Found(10, 0.8)])).Map!.Value, 1e-12);

    [Fact]
    public void A_trailing_false_positive_lowers_only_the_reached_recall() =>
        Assert.Equal(80.5 / 81, T4(Car, Frame([Truth(10)], [Found(10, 0.9), Found(10, 0.8)])).Map!.Value, 1e-12);

    [Fact]
    public void The_buckets_are_AWMLs()
    {
        var evaluation = T4(Car, Frame([Truth(10)], [Found(10, 0.9)]));
        Assert.Equal([(0, 50), (50, 90), (90, 121), (0, 121)], evaluation.Buckets!.Select(bucket => (bucket.Min, bucket.Max)));
        Assert.Equal(1, evaluation.Buckets![0].Map!.Value, 1e-12);
        Assert.Null(evaluation.Buckets[1].Map);
        Assert.Null(evaluation.Nds);
    }

    [Fact]
    public void Objects_and_detections_enter_a_bucket_by_their_own_distance()
    {
        var evaluation = T4(Car, Frame([Truth(49.9)], [Found(50.1, 0.9)]));
        Assert.Equal(0, evaluation.Buckets![0].Map);
        Assert.Equal((1, 0), (evaluation.Buckets[0].PerClass["car"].Objects, evaluation.Buckets[0].PerClass["car"].Detections));
        Assert.Equal(0, evaluation.Buckets[1].Map);
        Assert.Equal((0, 1), (evaluation.Buckets[1].PerClass["car"].Objects, evaluation.Buckets[1].PerClass["car"].Detections));
        Assert.Equal(1, evaluation.Map!.Value, 1e-12);
    }

    [Fact]
    public void Every_distance_belongs_to_one_bucket_and_121_m_to_none()
    {
        var evaluation = T4(Car, Frame([Truth(0), Truth(50), Truth(90), Truth(121)], []));
        Assert.Equal([1, 1, 1, 3], evaluation.Buckets!.Select(bucket => bucket.PerClass["car"].Objects));
    }

    [Fact]
    public void A_class_without_objects_and_detections_is_left_out_of_the_mean_and_one_with_either_counts_as_0()
    {
        var evaluation = T4(["car", "bus", "truck", "bicycle"], Frame([Truth(10), Truth(20, label: 1)], [Found(10, 0.9), Found(20, 0.9, label: 2)]));
        Assert.Null(evaluation.PerClass["bicycle"].Ap);
        Assert.Equal(0, evaluation.PerClass["bus"].Ap);
        Assert.Equal(0, evaluation.PerClass["truck"].Ap);
        Assert.Equal(1 / 3.0, evaluation.Map!.Value, 1e-12);
    }

    [Fact]
    public void Objects_without_points_stay() =>
        Assert.Equal(1, T4(Car, Frame([Truth(10, points: 0)], [Found(10, 0.9)])).Map!.Value, 1e-12);

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(2 * Math.PI, 1)]
    [InlineData(Math.PI / 2, 40 / 90.0)]
    [InlineData(-3 * Math.PI / 2, 40 / 90.0)]
    [InlineData(Math.PI, 0)]
    public void The_heading_weighted_AP_counts_a_match_by_its_heading(double yaw, double expected)
    {
        // Half a match: recall ends at 0.5 with precision 1, so points 11…50 count.
        var evaluation = T4(Car, Frame([Truth(10)], [Found(10, 0.9, yaw: yaw)]));
        Assert.Equal(expected, evaluation.Maph!.Value, 1e-9);
        Assert.Equal(1, evaluation.Map!.Value, 1e-12);
    }

    [Fact]
    public void The_best_F1_names_its_confidence()
    {
        var thresholds = T4(Car, Frame([Truth(10), Truth(30)], [Found(10, 0.9), Found(70, 0.8), Found(30, 0.7)])).PerClass["car"].Thresholds;
        Assert.Equal(0.8, thresholds[0].MaxF1!.Value, 1e-12);
        Assert.Equal(0.7, thresholds[0].OptimalConfidence!.Value, 1e-6);
    }

    [Fact]
    public void The_first_of_equal_F1_is_taken_and_no_match_has_none()
    {
        // F1 is 2/3 at 0.9 and again at 0.6 (precision ½, recall 1).
        var thresholds = T4(Car, Frame([Truth(10), Truth(30)], [Found(10, 0.9), Found(70, 0.8), Found(80, 0.7), Found(30, 0.6)])).PerClass["car"].Thresholds;
        Assert.Equal(2 / 3.0, thresholds[0].MaxF1!.Value, 1e-12);
        Assert.Equal(0.9, thresholds[0].OptimalConfidence!.Value, 1e-6);
        Assert.Null(T4(Car, Frame([Truth(10)], [Found(30, 0.9)])).PerClass["car"].Thresholds[0].MaxF1);
    }

    [Fact]
    public void More_than_500_detections_are_no_error() =>
        Assert.Equal(0, T4(Car, Frame([Truth(110)], [.. Enumerable.Range(0, 501).Select(i => Found(i * 0.1, 0.5))])).Map);
}
