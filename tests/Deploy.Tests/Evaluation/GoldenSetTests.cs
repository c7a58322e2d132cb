using System.Globalization;
using Deploy.Evaluation;
using Xunit;

namespace Deploy.Tests.Evaluation;

public sealed class GoldenSetTests(ITestOutputHelper output)
{
    private static readonly MetricOptions Options = new(MetricOptions.NuScenes, SimulatedSet.Classes);

    [Fact]
    public void The_nuscenes_metric_agrees_with_the_independent_implementation_on_the_simulated_set()
    {
        var set = SimulatedSet.Load();
        var result = set.Golden.GetProperty("result");
        var evaluation = DetectionMetrics.Evaluate(set.Frames, Options);

        var expected = result.GetProperty("mAP").GetDouble();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mAP {evaluation.Map:F10}, difference {evaluation.Map - expected:E2}"));
        Assert.Equal(expected, evaluation.Map!.Value, 1e-6);
        for (var c = 0; c < SimulatedSet.Classes.Length; c++)
        {
            var found = evaluation.PerClass[SimulatedSet.Classes[c]];
            var ap = result.GetProperty("AP")[c].GetDouble();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{SimulatedSet.Classes[c]} AP difference {found.Ap - ap:E2}"));
            Assert.Equal(ap, found.Ap!.Value, 1e-6);
            Assert.Equal(result.GetProperty("ngt")[c].GetInt32(), found.Objects);
        }

        foreach (var (name, value) in new[] { ("ATE", evaluation.Mate), ("ASE", evaluation.Mase), ("AOE", evaluation.Maoe), ("AVE", evaluation.Mave) })
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"m{name} {value:F8}, golden {result.GetProperty(name).GetDouble():F8}"));
        }

        Assert.Equal(1, evaluation.Maae);
    }
}
