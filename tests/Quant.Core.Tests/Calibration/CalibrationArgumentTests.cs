using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;

namespace Quant.Core.Tests.Calibration;

public sealed class CalibrationArgumentTests
{
    [Fact]
    public void Every_step_names_the_argument_that_is_missing()
    {
        using var model = EqualizerTests.Fused(RandomModel.TwoTasks);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var (config, correction, table) = (new CalibrationConfig(), new BiasCorrectionConfig(), new QuantizerTable([]));
        var nothing = new CalibrationObservations(0, []);
        List<CalibrationFrame> frames = [];

        void Missing(string name, Action action) => Assert.Throws<ArgumentNullException>(name, action);
        Missing("replicas", () => Calibrator.Run((IReadOnlyList<CenterPoint>)null!, plan, config, () => frames));
        Missing("plan", () => Calibrator.Run(model, null!, config, () => frames));
        Missing("config", () => Calibrator.Run(model, plan, null!, () => frames));
        Missing("frames", () => Calibrator.Run(model, plan, config, null!));
        Missing("model", () => Calibrator.Observe(null!, plan, config, 0, null, frames));
        Missing("plan", () => Calibrator.Observe(model, null!, config, 0, null, frames));
        Missing("config", () => Calibrator.Observe(model, plan, null!, 0, null, frames));
        Missing("frames", () => Calibrator.Observe(model, plan, config, 0, null, null!));
        Missing("plan", () => Calibrator.Choose(null!, config, nothing));
        Missing("config", () => Calibrator.Choose(plan, null!, nothing));
        Missing("observed", () => Calibrator.Choose(plan, config, null!));
        Missing("model", () => Calibrator.Table(null!, plan, []));
        Missing("plan", () => Calibrator.Table(model, null!, []));
        Missing("config", () => Calibrator.BinsOf(null!));
        Missing("config", () => Calibrator.IsOrderFree(null!));
        Missing("model", () => BiasCorrector.Run(null!, table, correction, frames));
        Missing("config", () => BiasCorrector.Run(model, table, null!, frames));
        Missing("config", () => BiasCorrector.Run(model, table, null!, () => frames));
        Missing("frames", () => BiasCorrector.Run(model, table, correction, (Func<IEnumerable<CalibrationFrame>>)null!));
        Missing("model", () => BiasCorrector.RunOnEmptyMap(null!, table));
        Missing("model", () => Equalizer.ChannelMaxima(null!, frames));
        Missing("model", () => Equalizer.Apply(null!, plan, new Dictionary<string, float[]>(), 1));
        Missing("plan", () => Equalizer.Apply(model, null!, new Dictionary<string, float[]>(), 1));
        Missing("maxima", () => Equalizer.Apply(model, plan, null!, 1));
        Missing("plan", () => InputScaling.Candidates(null!));
        Missing("maxima", () => InputScaling.Scales(null!, "auto"));
        Missing("observed", () => InputScaling.Apply(null!, "auto"));
        Missing("model", () => OutputErrorSearch.Run(null!, plan, config, [], frames));
        Missing("config", () => OutputErrorSearch.Run(model, plan, null!, [], frames));
        Missing("maxima", () => OutputErrorSearch.Run(model, plan, config, null!, frames));
        Missing("frames", () => OutputErrorSearch.Run(model, plan, config, [], null!));
    }
}
