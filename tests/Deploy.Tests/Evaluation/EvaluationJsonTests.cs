using System.Text.Json;
using Deploy.Evaluation;
using Xunit;
using static Deploy.Tests.Evaluation.Make;

namespace Deploy.Tests.Evaluation;

public sealed class EvaluationJsonTests
{
    [Fact]
    public void Evaluation_json_has_the_names_of_the_contract()
    {
        var evaluation = NuScenes(["car", "bus"], Frame([Truth(10)], [Found(10, 0.9)]));
        var root = Write(MetricOptions.NuScenes, evaluation);
        Assert.Equal(["version", "metric", "frames", "attributes", "class_ranges", "models", "drops"], root.EnumerateObject().Select(member => member.Name));
        var model = root.GetProperty("models").GetProperty("fp32");
        Assert.Equal(["mAP", "NDS", "mATE", "mASE", "mAOE", "mAVE", "mAAE", "per_class"], model.EnumerateObject().Select(member => member.Name));
        Assert.Equal(0.5, model.GetProperty("mAP").GetDouble(), 1e-12);
        Assert.Equal(1, model.GetProperty("per_class").GetProperty("car").GetProperty("AP").GetDouble(), 1e-12);
        Assert.Equal(["car", "bus"], model.GetProperty("per_class").EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void What_is_not_defined_is_null_and_never_NaN()
    {
        var model = Write(MetricOptions.T4V2, T4(["car", "bus"], Frame([Truth(10)], [Found(10, 0.9)]))).GetProperty("models").GetProperty("fp32");
        Assert.Equal(JsonValueKind.Null, model.GetProperty("NDS").ValueKind);
        Assert.Equal(JsonValueKind.Null, model.GetProperty("per_class").GetProperty("bus").GetProperty("AP").ValueKind);
        Assert.Equal(4, model.GetProperty("buckets").GetArrayLength());
        Assert.Equal(121, model.GetProperty("buckets")[3].GetProperty("max").GetDouble());
    }

    private static JsonElement Write(string metric, ModelEvaluation evaluation)
    {
        var report = new EvaluationReport { Metric = metric, Frames = 1, Models = new Dictionary<string, ModelEvaluation> { ["fp32"] = evaluation } };
        var text = EvaluationJson.Serialize(report);
        Assert.Equal(text, EvaluationJson.Serialize(report));
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        return JsonDocument.Parse(text).RootElement;
    }
}
