using Google.Protobuf;
using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Export;

/// <summary>Reads and writes ONNX files. Equal models give equal bytes; a file appears whole or not at all.</summary>
public static class OnnxFile
{
    /// <summary>Protobuf's own limit for one message: 2 GiB.</summary>
    public const long MaxBytes = int.MaxValue;

    private const int MaxNesting = 100;

    /// <summary>Reads a model with its weights inside; fields that are not in our schema are kept.</summary>
    /// <exception cref="QuantException">QNT0401: missing, malformed, too large or no model; QNT0402: weights in other files.</exception>
    public static ModelProto Read(string path)
    {
        var model = Parse(path);
        if (model.Graph is null || !model.HasIrVersion)
        {
            throw Unreadable(path, "it holds no ONNX graph");
        }

        var external = Tensors(model.Graph).FirstOrDefault(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External);
        if (external is not null)
        {
            throw new QuantException(
                DiagnosticCodes.OnnxExternalData,
                $"tensor '{external.Name}' is stored in another file; save the model with its weights inside (onnx.save without save_as_external_data)",
                new SourceLocation(path));
        }

        return model;
    }

    /// <summary>The bytes that <see cref="Write"/> writes.</summary>
    public static byte[] Serialize(ModelProto model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.ToByteArray();
    }

    /// <summary>Writes under a temporary name beside <paramref name="path"/> and moves it; missing folders are created.</summary>
    /// <exception cref="QuantException">QNT0403: the file cannot be written, or the model is above 2 GiB.</exception>
    public static void Write(ModelProto model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        var target = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".tmp-{Guid.NewGuid():N}-{Path.GetFileName(target)}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                model.WriteTo(stream);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new QuantException(
                DiagnosticCodes.OnnxFileUnwritable,
                $"the ONNX file cannot be written: {error.Message}",
                new SourceLocation(path),
                error);
        }
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    private static ModelProto Parse(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxBytes)
            {
                throw Unreadable(path, $"its {stream.Length} bytes are above the 2 GiB of a protobuf message");
            }

            using var input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, MaxNesting);
            return ModelProto.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw Unreadable(path, $"it is truncated or malformed ({error.Message})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error.Message, error);
        }
    }

    private static QuantException Unreadable(string path, string why, Exception? inner = null) => new(
        DiagnosticCodes.OnnxFileUnreadable,
        $"'{path}' cannot be read as an ONNX model: {why}; export or copy it again",
        new SourceLocation(path),
        inner);

    private static IEnumerable<TensorProto> Tensors(GraphProto graph) => graph.Initializer.Concat(
        graph.Node.SelectMany(node => node.Attribute).SelectMany(attribute =>
            attribute.Tensors
                .Concat(attribute.T is null ? [] : [attribute.T])
                .Concat(attribute.Graphs.Concat(attribute.G is null ? [] : [attribute.G]).SelectMany(Tensors))));
}
