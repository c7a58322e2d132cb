using Google.Protobuf;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using static Quant.Core.Tests.Export.Linting.CleanGraph;

namespace Quant.Core.Tests.Export.Linting;

/// <summary>The linter on graphs that make no sense.</summary>
public sealed class LintDamageTests
{
    [Fact]
    public void No_damage_to_a_graph_makes_the_linter_throw()
    {
        var sources = new[]
        {
            OnnxExporter.Export(Dense, Int8, Ranges).Model,
            OnnxExporter.Export(Encoder, new OnnxExportOptions()).Model,
            OnnxExporter.Export(KernelStrideDeconvolution.Rewrite(Dense), new OnnxExportOptions { Interface = OnnxInterface.Awml(Dense).Fixed(1, 16, 16, 16) }).Model,
        };
        var random = new Random(11);
        for (var round = 0; round < 400; round++)
        {
            var model = sources[round % sources.Length].Clone();
            for (var damage = 0; damage < 1 + random.Next(6); damage++)
            {
                Damage(model, random);
            }

            OnnxLinter.Check(model);
            OnnxLinter.Check(model, new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu, TensorRtVersion = new Version(8, 6) });
        }

        Assert.NotEmpty(OnnxLinter.Check(new ModelProto()));
    }

    [Fact]
    public void Bytes_that_parse_after_random_changes_do_not_make_the_linter_throw()
    {
        var bytes = OnnxFile.Serialize(OnnxExporter.Export(SampleGraphs.Dense(2), Int8, ReferenceRunner.Ranges(SampleGraphs.Dense(2), SampleGraphs.Canvas(2, 8))).Model);
        var random = new Random(12);
        var parsed = 0;
        for (var round = 0; round < 600; round++)
        {
            var changed = (byte[])bytes.Clone();
            for (var i = 0; i < 1 + random.Next(4); i++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                var model = ModelProto.Parser.ParseFrom(changed);
                parsed++;
                OnnxLinter.Check(model);
            }
            catch (InvalidProtocolBufferException)
            {
                // Refused by the reader: OnnxFile reports it.
            }
        }

        Assert.InRange(parsed, 50, 600);
    }

    private static readonly long[] OddNumbers = [0, -1, 1, 2, 3, 7, 1L << 32, 1L << 40, long.MaxValue, long.MinValue, int.MinValue];

    private static void Damage(ModelProto model, Random random)
    {
        var node = model.Graph.Node.Count == 0 ? new NodeProto() : model.Graph.Node[random.Next(model.Graph.Node.Count)];
        var tensor = model.Graph.Initializer.Count == 0 ? new TensorProto() : model.Graph.Initializer[random.Next(model.Graph.Initializer.Count)];
        var number = OddNumbers[random.Next(OddNumbers.Length)];
        switch (random.Next(14))
        {
            case 0: model.Graph.Node.Remove(node); break;
            case 1: node.Output.Clear(); break;
            case 2: node.Input.Clear(); break;
            case 3 when node.Input.Count > 0: node.Input[random.Next(node.Input.Count)] = model.Graph.Node[random.Next(model.Graph.Node.Count)].Output.FirstOrDefault() ?? ""; break;
            case 4 when node.Attribute.Count > 0: node.Attribute[random.Next(node.Attribute.Count)].I = number; break;
            case 5 when node.Attribute.Count > 0: var ints = node.Attribute[random.Next(node.Attribute.Count)].Ints; ints.Clear(); ints.AddRange([number, 1]); break;
            case 6: tensor.Dims.Clear(); tensor.Dims.AddRange([number, number]); break;
            case 7: tensor.DataType = random.Next(-1, 30); break;
            case 8: tensor.RawData = ByteString.Empty; break;
            case 9: tensor.ClearRawData(); break;
            case 10: node.OpType = model.Graph.Node[random.Next(model.Graph.Node.Count)].OpType; break;
            case 11 when model.Graph.Input.Count > 0: model.Graph.Input[0].Type = random.Next(2) == 0 ? null : new TypeProto(); break;
            case 12: model.OpsetImport[0].Version = number; break;
            case 13: model.Graph.Node.Insert(0, node.Clone()); break;
            default: node.Attribute.Clear(); break;
        }
    }
}
