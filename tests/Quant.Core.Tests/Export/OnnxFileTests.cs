using Google.Protobuf;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Testing;

namespace Quant.Core.Tests.Export;

public sealed class OnnxFileTests
{
    private static readonly ModelProto Model = OnnxExporter.Export(SampleGraphs.Dense(), new OnnxExportOptions()).Model;

    [Fact]
    public void A_written_file_reads_back_equal_and_leaves_nothing_beside_it()
    {
        using var folder = new TempFolder();
        var path = folder.File("sub/model.onnx");
        OnnxFile.Write(Model, path);
        OnnxFile.Write(Model, path);
        Assert.Equal(Model, OnnxFile.Read(path));
        Assert.Equal(OnnxFile.Serialize(Model), File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Fields_outside_our_schema_survive()
    {
        using var folder = new TempFolder();
        var path = folder.File("model.onnx");
        // ModelProto.functions (25) = { name (1): "f" } is not in our schema.
        byte[] foreign = [.. OnnxFile.Serialize(Model), 0xCA, 0x01, 0x03, 0x0A, 0x01, (byte)'f'];
        File.WriteAllBytes(path, foreign);
        Assert.Equal(foreign, OnnxFile.Serialize(OnnxFile.Read(path)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is text, not protobuf")]
    [InlineData("{\"version\": 1}")]
    public void A_file_that_is_no_model_is_named(string text)
    {
        using var folder = new TempFolder();
        var path = folder.File("model.onnx");
        File.WriteAllText(path, text);
        OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxFileUnreadable, path, () => OnnxFile.Read(path));
    }

    [Fact]
    public void Every_truncation_is_refused_or_read_and_never_crashes()
    {
        using var folder = new TempFolder();
        var path = folder.File("model.onnx");
        var bytes = OnnxFile.Serialize(Model);
        for (var length = 0; length < bytes.Length - 40; length += 997)
        {
            File.WriteAllBytes(path, bytes[..length]);
            OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxFileUnreadable, path, () => OnnxFile.Read(path));
        }
    }

    [Fact]
    public void A_length_beyond_the_file_does_not_allocate_it()
    {
        using var folder = new TempFolder();
        var path = folder.File("model.onnx");
        // graph (7) with a declared length of 2 GiB − 1 and no content.
        File.WriteAllBytes(path, [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxFileUnreadable, path, () => OnnxFile.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Missing_files_folders_and_deep_nesting_are_refused()
    {
        using var folder = new TempFolder();
        OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxFileUnreadable, "none.onnx", () => OnnxFile.Read(folder.File("none.onnx")));
        OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxFileUnreadable, folder.Path, () => OnnxFile.Read(folder.Path));
        var nested = new GraphProto { Name = "deepest" };
        for (var depth = 0; depth < 200; depth++)
        {
            var node = new NodeProto { OpType = "If" };
            node.Attribute.Add(new AttributeProto { Name = "then_branch", G = nested });
            nested = new GraphProto { Name = "outer" };
            nested.Node.Add(node);
        }

        var path = folder.File("deep.onnx");
        File.WriteAllBytes(path, new ModelProto { IrVersion = 8, Graph = nested }.ToByteArray());
        OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxFileUnreadable, path, () => OnnxFile.Read(path));
    }

    [Fact]
    public void A_message_without_a_graph_or_a_version_is_no_model()
    {
        using var folder = new TempFolder();
        var path = folder.File("model.onnx");
        foreach (var model in new[] { new ModelProto { IrVersion = 8 }, new ModelProto { Graph = new GraphProto() } })
        {
            OnnxFile.Write(model, path);
            Assert.Equal($"'{path}' cannot be read as an ONNX model: it holds no ONNX graph; export or copy it again", Refused(path));
        }
    }

    [Fact]
    public void A_truncated_file_is_told_with_protobufs_reason()
    {
        using var folder = new TempFolder();
        var path = folder.File("model.onnx");
        File.WriteAllBytes(path, OnnxFile.Serialize(Model)[..500]);
        Assert.StartsWith($"'{path}' cannot be read as an ONNX model: it is truncated or malformed (While parsing a protocol message", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_above_the_limit_of_protobuf_is_not_read()
    {
        using var folder = new TempFolder();
        var path = folder.File("model.onnx");
        using (var stream = File.Create(path))
        {
            stream.SetLength(OnnxFile.MaxBytes + 1);
        }

        Assert.Equal($"'{path}' cannot be read as an ONNX model: its 2147483648 bytes are above the 2 GiB of a protobuf message; export or copy it again", Refused(path));
    }

    /// <summary>Where onnx.proto lets a tensor stand: initializers, attributes of type tensor and tensors, and the same inside subgraphs.</summary>
    [Theory]
    [InlineData("initializer")]
    [InlineData("attribute")]
    [InlineData("attribute list")]
    [InlineData("branch")]
    [InlineData("branch list")]
    public void Weights_in_other_files_are_refused_with_the_tensors_name(string place)
    {
        using var folder = new TempFolder();
        var path = folder.File("model.onnx");
        var tensor = new TensorProto { Name = "far away", DataLocation = TensorProto.Types.DataLocation.External };
        var branch = new GraphProto();
        branch.Initializer.Add(tensor);
        var attribute = new AttributeProto { Name = "value" };
        switch (place)
        {
            case "attribute": attribute.T = tensor; break;
            case "attribute list": attribute.Tensors.Add([new TensorProto { Name = "near" }, tensor]); break;
            case "branch": attribute.G = branch; break;
            case "branch list": attribute.Graphs.Add([new GraphProto(), branch]); break;
            default: break;
        }

        var model = Model.Clone();
        model.Graph.Node.Add(new NodeProto { OpType = "Constant", Attribute = { attribute } });
        if (place == "initializer")
        {
            model.Graph.Initializer.Add(tensor);
        }

        OnnxFile.Write(model, path);

        OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxExternalData, "tensor 'far away' is stored in another file; save the model with its weights inside (onnx.save without save_as_external_data)", () => OnnxFile.Read(path));
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_one()
    {
        using var folder = new TempFolder();
        var path = folder.File("occupied");
        Directory.CreateDirectory(path);
        OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxFileUnwritable, path, () => OnnxFile.Write(Model, path));
        OnnxExporterTests.AssertFails(DiagnosticCodes.OnnxFileUnwritable, "file", () => OnnxFile.Write(Model, Path.Combine(Create(folder.File("file")), "model.onnx")));
        Assert.Equal(["file", "occupied"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told_with_the_systems_reason()
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<QuantException>(() => OnnxFile.Write(Model, Path.Combine(Create(folder.File("file")), "model.onnx")));
        Assert.StartsWith("the ONNX file cannot be written: ", error.Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.EndsWith(error.InnerException!.Message, error.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_needed()
    {
        Assert.Throws<ArgumentNullException>("model", () => OnnxFile.Serialize(null!));
        Assert.Throws<ArgumentNullException>("model", () => OnnxFile.Write(null!, "model.onnx"));
    }

    private static string Refused(string path) => Assert.Throws<QuantException>(() => OnnxFile.Read(path)).Diagnostics[0].Message;

    private static string Create(string path)
    {
        File.WriteAllText(path, "old");
        return path;
    }
}
