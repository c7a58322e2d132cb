using Deploy.Gates;
using Xunit;

namespace Deploy.Tests.Gates;

/// <summary>Which stored numbers an accuracy gate takes, and what it says without them.</summary>
public sealed class AccuracyGateTests
{
    private static readonly StoredModel Before = new()
    {
        Map = 0.8,
        Nds = 0.6,
        PerClass = new Dictionary<string, StoredClass> { ["car"] = new(0.9), ["bus"] = new(0.7) },
        Buckets = [new(0, 50, 0.8), new(50, 90, 0.6), new(50, 121, null)],
    };

    private static readonly StoredModel After = new()
    {
        Map = 0.78,
        Nds = 0.595,
        PerClass = new Dictionary<string, StoredClass> { ["car"] = new(0.9), ["bus"] = new(0.66) },
        Buckets = [new(0, 40, 0.1), new(0, 50, 0.79), new(50, 90, 0.55), new(50, 121, null)],
    };

    private static readonly StoredEvaluation Evaluation = new()
    {
        Version = 1,
        Metric = "t4_v2",
        Frames = 64,
        Models = new Dictionary<string, StoredModel> { ["fp32"] = Before, ["fp16"] = Before with { Map = 0.79 }, ["int8"] = After },
        Drops =
        [
            new() { Reference = "fp16", Candidate = "int8", Map = new(0.01, -1, 1) },
            new() { Reference = "fp32", Candidate = "int8_trt", Map = new(0.02, -1, 1) },
            new()
            {
                Reference = "fp32",
                Candidate = "int8",
                Map = new(0.02, 0.015, 0.025),
                MapRelative = new(0.025, 0.02, 0.03),
                Nds = new(0.005, 0.004, 0.006),
                PerClass = new Dictionary<string, StoredInterval> { ["bus"] = new(0.04, 0.035, 0.045) },
                Buckets = [new(0, 90, new(0.01, -1, 1)), new(50, 90, new(0.05, 0.045, 0.055))],
            },
        ],
    };

    private static readonly GateOptions All = new()
    {
        MapDropMax = 0.03,
        MapDropMaxRelative = 0.03,
        NdsDropMax = 0.01,
        ApDropMax = new Dictionary<string, double> { ["bus"] = 0.05 },
        BucketDropMax = 0.06,
    };

    [Fact]
    public void Each_gate_says_its_numbers_with_the_interval_of_its_own_pair_class_and_range() =>
        Assert.Equal(
            [
                ("map_drop_max", "mAP drop (fp32 to int8) 2.00 points (95 % interval 1.50 to 2.50), at most 3.00"),
                ("map_drop_max_relative", "relative mAP drop (fp32 to int8) 2.50 % (95 % interval 2.00 to 3.00), at most 3.00"),
                ("nds_drop_max", "NDS drop (fp32 to int8) 0.50 points (95 % interval 0.40 to 0.60), at most 1.00"),
                ("ap_drop_max.bus", "AP of bus drop (fp32 to int8) 4.00 points (95 % interval 3.50 to 4.50), at most 5.00"),
                ("bucket_drop_max.0-50", "mAP at 0–50 m drop (fp32 to int8) 1.00 points, at most 6.00"),
                ("bucket_drop_max.50-90", "mAP at 50–90 m drop (fp32 to int8) 5.00 points (95 % interval 4.50 to 5.50), at most 6.00"),
            ],
            Check(All, new() { Evaluation = Evaluation }).Select(check => (check.Name, check.Detail)));

    [Fact]
    public void The_reference_can_be_chosen()
    {
        var check = Check(new() { MapDropMax = 0.03 }, new() { Evaluation = Evaluation, Reference = "fp16" })[0];

        Assert.Equal((GateVerdict.Inconclusive, -1.0, 1.0), (check.Verdict, check.Low, check.High));
        Assert.StartsWith("mAP drop (fp16 to int8) 1.00 points", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engines_gates_have_its_name_and_its_own_drop()
    {
        var evaluation = Evaluation with { Models = new Dictionary<string, StoredModel>(Evaluation.Models) { ["int8_trt"] = After } };

        var check = Check(new() { MapDropMax = 0.03 }, new() { Evaluation = evaluation })[1];

        Assert.Equal(("engine.map_drop_max", GateVerdict.Inconclusive), (check.Name, check.Verdict));
        Assert.StartsWith("mAP drop (fp32 to int8_trt) 2.00 points", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_evaluation_every_gate_is_missing_and_says_what_to_run() =>
        Assert.All(Check(All, new()), check => Assert.Equal((GateVerdict.Missing, "evaluation.json was not found; run the evaluate stage"), (check.Verdict, check.Detail)));

    [Theory]
    [InlineData("fp32", "evaluation.json holds fp16, int8; 'fp16' and 'other' are needed in evaluation.models", "other")]
    [InlineData("int8", "evaluation.json holds fp32, fp16; 'fp32' and 'int8' are needed in evaluation.models", "int8")]
    public void A_model_that_was_not_evaluated_is_named(string without, string detail, string candidate)
    {
        var models = Evaluation.Models.Where(model => model.Key != without).ToDictionary();

        Assert.All(Check(All, new() { Evaluation = Evaluation with { Models = models }, Candidate = candidate }), check => Assert.Equal((GateVerdict.Missing, detail), (check.Verdict, check.Detail)));
    }

    [Fact]
    public void What_is_not_defined_is_missing_with_its_reason()
    {
        var empty = new StoredModel { Map = null };
        string[] Details(StoredModel before, StoredModel after) =>
            [.. Check(All, new() { Evaluation = Evaluation with { Drops = [], Models = new Dictionary<string, StoredModel> { ["fp32"] = before, ["int8"] = after } } }).Where(check => check.Verdict == GateVerdict.Missing).Select(check => check.Detail)];

        Assert.Equal(
            [
                "mAP is not defined: no class has objects or detections",
                "the reference's mAP is 0 or not defined",
                "metric 't4_v2' has no NDS; set gates.nds_drop_max: null",
                "class 'bus' was not evaluated in both models; its AP is stored for ",
                "metric 't4_v2' has no range buckets; set evaluation.metric: t4_v2 or gates.bucket_drop_max: null",
            ],
            Details(empty, empty));
        Assert.Equal(
            [
                "mAP is not defined: no class has objects or detections",
                "the reference's mAP is 0 or not defined",
                "metric 't4_v2' has no NDS; set gates.nds_drop_max: null",
                "class 'bus' was not evaluated in both models; its AP is stored for car, bus",
                "the range has no mAP in one of the models",
                "the range has no mAP in one of the models",
            ],
            Details(Before, empty));
        Assert.Equal(
            ["the reference's mAP is 0.00 points (fp32 to int8): it finds next to nothing, so a drop says nothing; check the checkpoint, the labels' class names and model.point_cloud_range", "the reference's mAP is 0 or not defined"],
            Details(Before with { Map = 0 }, After));
    }

    [Fact]
    public void A_stored_drop_may_differ_from_the_models_by_its_rounding()
    {
        StoredEvaluation Stored(double drop) => Evaluation with { Drops = [new() { Reference = "fp32", Candidate = "int8", Map = new(drop, 0, 0.025) }] };

        Assert.Equal(GateVerdict.Pass, Check(new() { MapDropMax = 0.03 }, new() { Evaluation = Stored(0.0200009) })[0].Verdict);
        var error = Assert.Throws<Quant.Core.Diagnostics.QuantException>(() => Check(new() { MapDropMax = 0.03 }, new() { Evaluation = Stored(0.020002) }));
        Assert.Equal("QNT0704", error.Code);
        Assert.Contains("map_drop_max: the stored models differ by 0.02, the stored drop says 0.020002; run the evaluate stage again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_earlier_release_is_compared_with_its_own_drop()
    {
        var drop = new StoredDrop { Reference = "earlier", Candidate = "int8", Map = new(0.02, 0.01, 0.04) };
        var earlier = Evaluation with { Models = new Dictionary<string, StoredModel> { ["int8"] = Before } };

        var check = Check(new() { MapDropMax = 0.03 }, new() { Evaluation = Evaluation, Baseline = earlier, BaselineDrop = drop })[1];

        Assert.Equal(("baseline.map_drop_max", GateVerdict.Inconclusive), (check.Name, check.Verdict));
        Assert.Equal("mAP drop (earlier release to this one, int8) 2.00 points (95 % interval 1.00 to 4.00), at most 3.00; the noise is larger than the margin, measure more frames or runs", check.Detail);
    }

    [Fact]
    public void An_earlier_release_must_hold_the_same_model_metric_frames_and_ranges()
    {
        const string Other = "the earlier release was measured with ";
        Assert.Equal("'int8' was not evaluated in both releases", Detail(Evaluation with { Models = new Dictionary<string, StoredModel> { ["fp32"] = Before } }));
        Assert.Equal(Other + "nuscenes on 64 frames, this one with t4_v2 on 64, or with other class ranges", Detail(Evaluation with { Metric = "nuscenes" }));
        Assert.Equal(Other + "t4_v2 on 63 frames, this one with t4_v2 on 64, or with other class ranges", Detail(Evaluation with { Frames = 63 }));
        Assert.StartsWith(Other, Detail(Evaluation with { ClassRanges = new Dictionary<string, double> { ["car"] = 50 } }), StringComparison.Ordinal);
        Assert.StartsWith("mAP drop", Detail(Evaluation with { ClassRanges = new Dictionary<string, double>() }), StringComparison.Ordinal);
        Assert.Equal("evaluation.json was not found; run the evaluate stage", Check(new() { MapDropMax = 0.03 }, new() { Baseline = Evaluation })[1].Detail);

        static string Detail(StoredEvaluation earlier) => Check(new() { MapDropMax = 0.03 }, new() { Evaluation = Evaluation, Baseline = earlier })[1].Detail;
    }

    [Fact]
    public void The_order_of_class_ranges_is_no_difference()
    {
        StoredEvaluation With(params string[] classes) => Evaluation with { ClassRanges = classes.ToDictionary(name => name, name => (double)name.Length) };

        var checks = Check(new() { MapDropMax = 0.03 }, new() { Evaluation = With("car", "bicycle"), Baseline = With("bicycle", "car") });

        Assert.Equal([GateVerdict.Pass, GateVerdict.Pass], checks.Select(check => check.Verdict));
    }

    private static IReadOnlyList<GateCheck> Check(GateOptions options, GateInputs inputs) => GateEvaluator.Check(options, inputs).Checks;
}
