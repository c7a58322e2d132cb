using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Calibration;
using Quant.Core.Tests.Models;

namespace Quant.Core.Tests.Quantization;

public sealed class TableCheckTests
{
    private const string Conv = "pts_backbone.blocks.1.0";
    private const string Reader = "pts_neck.deblocks.0.0";
    private const string Head = "pts_bbox_head.task_heads.0.reg.0.conv";
    private static readonly ModelConfig Config = RandomModel.TwoTasks;

    [Fact]
    public void An_unchanged_table_stays_as_it_is_whatever_its_order()
    {
        using var fixture = new Fixture();

        var same = fixture.Fit(fixture.Table);
        var turned = fixture.Fit(fixture.Table with { Layers = [.. fixture.Table.Layers.Reverse()] });

        Assert.Equal(fixture.Table.Layers.Select(layer => (layer.Name, layer.Quantized, layer.Reason, layer.Input)), same.Layers.Select(layer => (layer.Name, layer.Quantized, layer.Reason, layer.Input)));
        Assert.Equal(same.Layers.Select(layer => layer.Name), turned.Layers.Select(layer => layer.Name));
        Assert.All(fixture.Table.Layers.Zip(same.Layers).Where(pair => pair.First.Quantized), pair => Assert.Equal(pair.First.Weight!.Scale, pair.Second.Weight!.Scale));
    }

    [Fact]
    public void An_edited_range_decides_its_scale_and_a_layer_can_be_switched_off()
    {
        using var fixture = new Fixture();
        var edited = fixture.Edit(layer => layer.Name is Conv or Reader ? layer with { Input = layer.Input! with { Amax = 2.54f } } : layer.Name == Head ? layer with { Quantized = false } : layer);

        var table = fixture.Fit(edited);

        Assert.Equal(2.54f / 127f, table[Conv].Input!.Scale);
        Assert.Equal((false, LayerCheck.SwitchedOff, null, null), (table[Head].Quantized, table[Head].Reason, table[Head].Input, table[Head].Weight));
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "negative", $"{Conv}: its input amax is -1" },
        { "nan", $"{Conv}: its input amax is NaN" },
        { "zero", $"{Conv}: its input amax is 0" },
        { "weight nan", $"{Conv}: weight amax 1 is NaN" },
        { "weight negative", $"{Conv}: weight amax 0 is -0.5" },
        { "channels", $"{Conv}: it has 5 weight amax, and its weight [6, 4, 3, 3] takes 6" },
        { "axis", $"{Conv}: its weight axis is 1; it must be 0" },
        { "unknown", "'pts_backbone.blocks.9.0' is no layer of this model" },
        { "missing", $"the entry of {Conv} is missing" },
        { "twice", $"{Conv} has two entries" },
        { "kind", $"{Conv}: its kind is Linear in the table and Conv2d in the model" },
        { "no input", $"{Conv}: it is quantized without an input range" },
        { "no weight", $"{Conv}: it is quantized without weight ranges" },
        { "scaled", $"{Conv}: its channel_scale has 2 values; it takes none" },
        { "kept by the config", "the config keeps it in float (not in quantization.quantize)" },
        { "shared", $"layers that read one tensor have different input amax: 3 in {Conv}; " },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_layer(string mistake, string message)
    {
        using var fixture = new Fixture();

        var error = Assert.Throws<QuantException>(() => fixture.Fit(fixture.With(mistake)));

        Assert.Equal("QNT0303", error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(mistake == "missing" ? "t.json" : "t.json(7,1)", error.Diagnostics[0].Location!.ToString());
    }

    [Fact]
    public void A_table_that_switches_everything_off_or_of_another_version_is_refused()
    {
        using var fixture = new Fixture();

        Assert.Equal("QNT0302", Assert.Throws<QuantException>(() => fixture.Fit(fixture.Edit(layer => layer with { Quantized = false }))).Code);
        Assert.Equal("QNT0303", Assert.Throws<QuantException>(() => fixture.Fit(fixture.Table with { Version = 2 })).Code);
        Assert.Equal("QNT0303", Assert.Throws<QuantException>(() => fixture.Fit(new QuantizerTable(null!))).Code);
    }

    [Fact]
    public void What_is_wrong_with_a_whole_table_is_said_in_words()
    {
        using var fixture = new Fixture();
        string Message(QuantizerTable table) => Assert.Throws<QuantException>(() => fixture.Fit(table)).Diagnostics[0].Message;

        Assert.Equal("this is no quantizer table of version 1 (version 2)", Message(fixture.Table with { Version = 2 }));
        Assert.Equal("this is no quantizer table of version 1 (version 1, without layers)", Message(new QuantizerTable(null!)));
        Assert.Equal("the table switches every layer off; set quantization.enabled: false instead", Message(fixture.Edit(layer => layer with { Quantized = false })));
        Assert.Equal("an entry has no name", Message(fixture.Table with { Layers = [.. fixture.Table.Layers, null!] }));
        Assert.Equal("an entry has no name", Message(fixture.Table with { Layers = [.. fixture.Table.Layers, fixture.Table[Conv] with { Name = null! }] }));
    }

    [Fact]
    public void Of_different_ranges_for_one_tensor_the_rarest_is_shown_first()
    {
        using var fixture = new Fixture();
        var heads = fixture.Table.Layers.Where(layer => layer.Input?.Quantizer == fixture.Table[Head].Input!.Quantizer).ToList();
        var amax = heads[0].Input!.Amax;

        var error = Assert.Throws<QuantException>(() => fixture.Fit(fixture.Edit(layer => layer.Name == Head ? layer with { Input = layer.Input! with { Amax = 3 } } : layer)));

        Assert.Equal(
            FormattableString.Invariant($"layers that read one tensor have different input amax: 3 in {Head}; {amax} in {string.Join(", ", heads.Where(layer => layer.Name != Head).Select(layer => layer.Name))}; give all the same"),
            Assert.Single(error.Diagnostics).Message);
    }

    private sealed class Fixture : IDisposable
    {
        private readonly CenterPoint model = EqualizerTests.Fused(Config);
        private readonly QuantizationPlan plan;

        public Fixture()
        {
            plan = QuantizationPlan.Create(model, new QuantizationConfig());
            var frames = EqualizerTests.Frames(Config, 2);
            Table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
        }

        public QuantizerTable Table { get; }

        public QuantizerTable Fit(QuantizerTable table) => TableCheck.Fit(table, model, plan, layer => new SourceLocation("t.json", layer is null ? 0 : 7, 1));

        public QuantizerTable Edit(Func<LayerQuantization, LayerQuantization> edit) => Table with { Layers = [.. Table.Layers.Select(edit)] };

        public QuantizerTable With(string mistake) => mistake switch
        {
            "twice" => Table with { Layers = [.. Table.Layers, Table[Conv]] },
            "missing" => Table with { Layers = [.. Table.Layers.Where(layer => layer.Name != Conv)] },
            "unknown" => Table with { Layers = [.. Table.Layers, Table[Conv] with { Name = "pts_backbone.blocks.9.0" }] },
            "kept by the config" => Edit(layer => layer.Name == "pts_voxel_encoder.pfn_layers.0.linear" ? layer with { Quantized = true } : layer),
            _ => Edit(layer => Wrong(layer, mistake)),
        };

        public void Dispose() => model.Dispose();

        private static LayerQuantization Wrong(LayerQuantization layer, string mistake) => layer.Name != Conv ? layer : mistake switch
        {
            "negative" => layer with { Input = layer.Input! with { Amax = -1 } },
            "nan" => layer with { Input = layer.Input! with { Amax = float.NaN } },
            "zero" => layer with { Input = layer.Input! with { Amax = 0 } },
            "shared" => layer with { Input = layer.Input! with { Amax = 3 } },
            "weight nan" => layer with { Weight = layer.Weight! with { Amax = [1, float.NaN, 1, 1, 1, 1] } },
            "weight negative" => layer with { Weight = layer.Weight! with { Amax = [-0.5f, 1, 1, 1, 1, 1] } },
            "channels" => layer with { Weight = layer.Weight! with { Amax = [1, 1, 1, 1, 1] } },
            "axis" => layer with { Weight = layer.Weight! with { Axis = 1 } },
            "kind" => layer with { Kind = LayerKind.Linear },
            "no input" => layer with { Input = null },
            "no weight" => layer with { Weight = null },
            _ => layer with { Input = layer.Input! with { ChannelScale = [1, 2] } },
        };
    }
}
