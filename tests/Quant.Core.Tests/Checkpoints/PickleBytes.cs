using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Quant.Core.Tests.Checkpoints;

/// <summary>Pickles written by hand, opcode by opcode.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> bytes = [];

    public PickleBytes(int protocol = 2) => Raw([0x80, (byte)protocol]);

    public PickleBytes Raw(params ReadOnlySpan<byte> content)
    {
        bytes.AddRange(content);
        return this;
    }

    public PickleBytes Raw(string ascii) => Raw(Encoding.Latin1.GetBytes(ascii));

    public PickleBytes Global(string module, string name) => Raw($"c{module}\n{name}\n");

    public PickleBytes Text(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        return Raw("X").Raw(length).Raw(content);
    }

    public PickleBytes Integer(BigInteger value)
    {
        var content = value.ToByteArray();
        return Raw([0x8A, (byte)content.Length]).Raw(content);
    }

    public PickleBytes Integers(params long[] values)
    {
        Raw("(");
        foreach (var value in values)
        {
            Integer(value);
        }

        return Raw("t");
    }

    /// <summary>('storage', class, key, 'cpu', count) and BINPERSID.</summary>
    public PickleBytes Storage(string type, string key, long count, string module = "torch") =>
        Raw("(").Text("storage").Global(module, type).Text(key).Text("cpu").Integer(count).Raw("tQ");

    /// <summary>A call of _rebuild_tensor_v2.</summary>
    public PickleBytes Tensor(string type, string key, long count, long offset, long[] shape, long[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Raw("(").Storage(type, key, count).Integer(offset).Integers(shape).Integers(strides)
            .Raw([0x89]).Global("collections", "OrderedDict").Raw(")RtR");

    /// <summary>{name: …} around one value that the action writes.</summary>
    public static byte[] DictOf(string name, Action<PickleBytes> value)
    {
        var pickle = new PickleBytes().Raw("}").Text(name);
        value(pickle);
        return pickle.Raw("s").Stop();
    }

    public byte[] Stop() => [.. bytes, (byte)'.'];
}
