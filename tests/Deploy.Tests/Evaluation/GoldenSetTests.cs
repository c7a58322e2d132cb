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

        // The golden errors agree less closely than the AP; the devkit's own definition is pinned below.
        foreach (var (name, value) in new[] { ("ATE", evaluation.Mate), ("ASE", evaluation.Mase), ("AOE", evaluation.Maoe), ("AVE", evaluation.Mave) })
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"m{name} {value:F8}, golden {result.GetProperty(name).GetDouble():F8}"));
            Assert.Equal(result.GetProperty(name).GetDouble(), value!.Value, 2e-5);
        }

        Assert.Equal(1, evaluation.Maae);
    }

    [Theory]
    [InlineData("car", 0.1475309247098411, 0.13987333427968585, 0.1763410826556405, 4.188791599902028)]
    [InlineData("truck", 0.3620512343205634, 0.18836629038641, 0.7503759981131535, 6.226572953480096)]
    [InlineData("bus", 0.3570482795013799, 0.16351342289875234, 1.8604695430324831, 8.483269034850823)]
    [InlineData("bicycle", 0.10263078166439861, 0.1679409757972077, 1.5284494775245316, 3.2092191816169633)]
    [InlineData("pedestrian", 0.06299160757393821, 0.20443724567700722, 1.673486560198627, 1.2030719257552593)]
    public void Errors_per_class_agree_with_a_transcription_of_the_devkit_to_Python(string name, double ate, double ase, double aoe, double ave)
    {
        var found = DetectionMetrics.Evaluate(SimulatedSet.Load().Frames, Options).PerClass[name];
        Assert.Equal(ate, found.Ate!.Value, 1e-6);
        Assert.Equal(ase, found.Ase!.Value, 1e-6);
        Assert.Equal(aoe, found.Aoe!.Value, 1e-6);
        Assert.Equal(ave, found.Ave!.Value, 1e-6);
    }
}
