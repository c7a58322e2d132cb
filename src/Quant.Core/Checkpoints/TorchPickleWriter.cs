using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Quant.Core.Checkpoints;

/// <summary>
/// The data.pkl of a checkpoint: <c>{'state_dict': OrderedDict, 'meta': {…}}</c> in protocol 2, with the opcodes that
/// torch.load(weights_only=True) accepts. Storage n belongs to the n-th tensor.
/// </summary>
internal sealed class TorchPickleWriter
{
    private readonly ArrayBufferWriter<byte> output = new();
    private readonly Dictionary<string, byte> memo = new(StringComparer.Ordinal);

    public static byte[] Write(StateDict stateDict, IReadOnlyDictionary<string, string>? meta)
    {
        var writer = new TorchPickleWriter();
        writer.Document(stateDict, meta);
        return writer.output.WrittenSpan.ToArray();
    }

    private void Document(StateDict stateDict, IReadOnlyDictionary<string, string>? meta)
    {
        Op(PickleOpcode.Proto);
        Byte(2);
        Op(PickleOpcode.EmptyDict, PickleOpcode.Mark);
        Text("state_dict");
        OrderedDict();
        Op(PickleOpcode.Mark);
        var storage = 0L;
        foreach (var (name, tensor) in stateDict)
        {
            Text(name);
            Tensor(tensor, storage++);
        }

        Op(PickleOpcode.SetItems);
        if (meta is not null)
        {
            Text("meta");
            Op(PickleOpcode.EmptyDict, PickleOpcode.Mark);
            foreach (var (key, value) in meta.OrderBy(item => item.Key, StringComparer.Ordinal))
            {
                Text(key);
                Text(value);
            }

            Op(PickleOpcode.SetItems);
        }

        Op(PickleOpcode.SetItems, PickleOpcode.Stop);
    }

    private void Tensor(CheckpointTensor tensor, long storage)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Op(PickleOpcode.Mark, PickleOpcode.Mark);
        Text("storage");
        Global("torch", tensor.DType.StorageName());
        Text(storage.ToString(CultureInfo.InvariantCulture));
        Text("cpu");
        Integer(tensor.Count);
        Op(PickleOpcode.Tuple, PickleOpcode.BinPersId);
        Integer(0);
        Integers([.. tensor.Shape]);
        Integers(TensorLayout.RowMajor([.. tensor.Shape]));
        Op(PickleOpcode.NewFalse);
        OrderedDict();
        Op(PickleOpcode.Tuple, PickleOpcode.Reduce);
    }

    private void OrderedDict()
    {
        Global("collections", "OrderedDict");
        Op(PickleOpcode.EmptyTuple, PickleOpcode.Reduce);
    }

    private void Global(string module, string name)
    {
        if (memo.TryGetValue(name, out var index))
        {
            Op(PickleOpcode.BinGet);
            Byte(index);
            return;
        }

        Op(PickleOpcode.Global);
        output.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
        memo.Add(name, (byte)memo.Count);
        Op(PickleOpcode.BinPut);
        Byte(memo[name]);
    }

    private void Integers(long[] values)
    {
        Op(PickleOpcode.Mark);
        foreach (var value in values)
        {
            Integer(value);
        }

        Op(PickleOpcode.Tuple);
    }

    private void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        switch (value)
        {
            case >= 0 and <= byte.MaxValue:
                Op(PickleOpcode.BinInt1);
                output.Write(bytes[..1]);
                break;
            case >= int.MinValue and <= int.MaxValue:
                Op(PickleOpcode.BinInt);
                output.Write(bytes[..4]);
                break;
            default:
                Op(PickleOpcode.Long1);
                Byte(sizeof(long));
                output.Write(bytes);
                break;
        }
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Op(PickleOpcode.BinUnicode);
        output.Write(length);
        output.Write(bytes);
    }

    private void Op(params ReadOnlySpan<PickleOpcode> opcodes)
    {
        foreach (var opcode in opcodes)
        {
            Byte((byte)opcode);
        }
    }

    private void Byte(byte value) => output.Write([value]);
}
