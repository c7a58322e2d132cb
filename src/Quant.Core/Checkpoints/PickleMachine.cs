using System.Numerics;
using System.Text;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>
/// Interprets one pickle without executing anything: a call becomes data through the allow-list or ends the reading. It is a loop
/// over opcodes, so that no nesting can exhaust the thread's stack.
/// </summary>
/// <param name="input">The bytes; left after the STOP opcode.</param>
/// <param name="limits">What it may cost.</param>
/// <param name="persistentLoad">Resolves what lies outside the pickle (torch storages); null refuses it.</param>
internal sealed class PickleMachine(ByteCursor input, PickleLimits limits, Func<object?, object?>? persistentLoad = null)
{
    private const int HighestProtocol = 5;
    private const int MaxNameBytes = 512;
    private const long MaxIntegerBytes = 1024;
    private const int FreeKeyLength = 128;

    /// <summary>Calls may take this much memory, and as much again as the factor times the length of the file.</summary>
    private const long FreeBytes = 64 << 20;
    private const long BytesPerFileByte = 16;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly object True = true;
    private static readonly object False = false;
    private static readonly object[] SmallIntegers = [.. Enumerable.Range(0, 256).Select(value => (object)(long)value)];

    private readonly PickleStack stack = new(input.Errors, () => input.Position);
    private readonly PickleMemo memo = new();
    private long objects;
    private long charged;

    public PickleErrors Errors => input.Errors;

    /// <summary>Runs to STOP and returns the one value.</summary>
    public object? Run()
    {
        while (true)
        {
            var opcode = (PickleOpcode)input.ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                return stack.Pop();
            }

            if (!Scalar(opcode) && !Container(opcode) && !StackOrMemo(opcode))
            {
                Object(opcode);
            }
        }
    }

    public QuantException Invalid(string problem) => Errors.Invalid(problem, input.Position);

    public void Charge(long bytes)
    {
        charged += bytes;
        if (charged > FreeBytes + (BytesPerFileByte * input.Length))
        {
            throw Errors.TooLarge($"unfolds to more than {BytesPerFileByte} times its size");
        }
    }

    private bool Scalar(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None: PushNew(null); break;
            case PickleOpcode.NewTrue: PushNew(True); break;
            case PickleOpcode.NewFalse: PushNew(False); break;
            case PickleOpcode.BinInt: PushInteger(input.ReadInt32()); break;
            case PickleOpcode.BinInt1: PushInteger(input.ReadByte()); break;
            case PickleOpcode.BinInt2: PushInteger(input.ReadUInt16()); break;
            case PickleOpcode.Long1: PushLong(input.ReadByte()); break;
            case PickleOpcode.Long4: PushLong(Length(input.ReadInt32())); break;
            case PickleOpcode.BinFloat: PushNew(input.ReadDoubleBigEndian()); break;
            case PickleOpcode.ShortBinUnicode: PushUnicode(input.ReadByte()); break;
            case PickleOpcode.BinUnicode: PushUnicode((uint)input.ReadInt32()); break;
            case PickleOpcode.BinUnicode8: PushUnicode(input.ReadUInt64()); break;
            case PickleOpcode.ShortBinString: PushNew(Encoding.Latin1.GetString(input.ReadBytes(input.ReadByte()))); break;
            case PickleOpcode.BinString: PushNew(Encoding.Latin1.GetString(input.ReadBytes((ulong)Length(input.ReadInt32())))); break;
            case PickleOpcode.ShortBinBytes: PushNew(input.ReadBytes(input.ReadByte())); break;
            case PickleOpcode.BinBytes: PushNew(input.ReadBytes((uint)input.ReadInt32())); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: PushNew(input.ReadBytes(input.ReadUInt64())); break;
            case PickleOpcode.Int: PushTextInteger(acceptBool: true); break;
            case PickleOpcode.Long: PushTextInteger(acceptBool: false); break;
            case PickleOpcode.Float:
                PushNew(PickleText.TryFloat(input.ReadLine(MaxNameBytes), out var number) ? number : throw Invalid("a float literal cannot be read"));
                break;
            case PickleOpcode.String:
                PushNew(PickleText.TryQuoted(input.ReadLine(int.MaxValue), out var quoted) ? quoted : throw Invalid("a string literal cannot be read"));
                break;
            case PickleOpcode.Unicode:
                PushNew(PickleText.TryRawUnicode(input.ReadLine(int.MaxValue), out var text) ? text : throw Invalid("a unicode literal cannot be read"));
                break;
            default: return false;
        }

        return true;
    }

    private bool Container(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple: PushNew(PickleTuple.Empty); break;
            case PickleOpcode.Tuple1: PushNew(new PickleTuple(stack.Pop(1))); break;
            case PickleOpcode.Tuple2: PushNew(new PickleTuple(stack.Pop(2))); break;
            case PickleOpcode.Tuple3: PushNew(new PickleTuple(stack.Pop(3))); break;
            case PickleOpcode.Tuple: PushNew(new PickleTuple(stack.PopToMark())); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: PushNew(new PickleList()); break;
            case PickleOpcode.List or PickleOpcode.FrozenSet:
                var list = new PickleList();
                list.Add(stack.PopToMark());
                PushNew(list);
                break;
            case PickleOpcode.EmptyDict: PushNew(new PickleDict()); break;
            case PickleOpcode.Dict:
                var dict = new PickleDict();
                SetItems(dict, stack.PopToMark());
                PushNew(dict);
                break;
            case PickleOpcode.Append: AddTo(stack.Pop(1)); break;
            case PickleOpcode.Appends or PickleOpcode.AddItems: AddTo(stack.PopToMark()); break;
            case PickleOpcode.SetItem: SetItems(stack.Pop(2)); break;
            case PickleOpcode.SetItems: SetItems(stack.PopToMark()); break;
            default: return false;
        }

        return true;
    }

    private bool StackOrMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: stack.Mark(); break;
            case PickleOpcode.Pop: stack.Discard(); break;
            case PickleOpcode.PopMark: stack.PopToMark(); break;
            case PickleOpcode.Dup: stack.Push(stack.Peek()); break;
            case PickleOpcode.Memoize: memo.Put(memo.Count, stack.Peek()); break;
            case PickleOpcode.BinPut: memo.Put(input.ReadByte(), stack.Peek()); break;
            case PickleOpcode.LongBinPut: memo.Put((uint)input.ReadInt32(), stack.Peek()); break;
            case PickleOpcode.Put: memo.Put(TextIndex(), stack.Peek()); break;
            case PickleOpcode.BinGet: Recall(input.ReadByte()); break;
            case PickleOpcode.LongBinGet: Recall((uint)input.ReadInt32()); break;
            case PickleOpcode.Get: Recall(TextIndex()); break;
            case PickleOpcode.Proto:
                var protocol = input.ReadByte();
                if (protocol > HighestProtocol)
                {
                    throw Invalid($"protocol {protocol} is newer than {HighestProtocol}");
                }

                break;
            case PickleOpcode.Frame:
                if (input.ReadUInt64() > (ulong)input.Remaining)
                {
                    throw Errors.Truncated(input.Position);
                }

                break;
            default: return false;
        }

        return true;
    }

    private void Object(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global: PushNew(Find(Name(), Name())); break;
            case PickleOpcode.StackGlobal:
                var names = stack.Pop(2);
                PushNew(names is [string { Length: <= MaxNameBytes } module, string { Length: <= MaxNameBytes } name] ? Find(module, name) : throw Invalid("a global is not named by two short strings"));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObj:
                var call = stack.Pop(2);
                PushNew(Call(call[0], call[1]));
                break;
            case PickleOpcode.NewObjEx:
                var keywords = stack.Pop(3);
                PushNew(keywords[2] is PickleDict { Count: 0 } ? Call(keywords[0], keywords[1]) : throw Invalid("an object is made with keyword arguments"));
                break;
            case PickleOpcode.Inst:
                var instance = Find(Name(), Name());
                PushNew(Call(instance, new PickleTuple(stack.PopToMark())));
                break;
            case PickleOpcode.Obj:
                var operands = stack.PopToMark();
                PushNew(operands.Length > 0 ? Call(operands[0], new PickleTuple(operands[1..])) : throw Invalid("an object has no class"));
                break;
            case PickleOpcode.Build:
                var state = stack.Pop();
                Build(stack.Peek(), state);
                break;
            case PickleOpcode.BinPersId: PushNew(LoadPersistent(stack.Pop())); break;
            case PickleOpcode.PersId: PushNew(LoadPersistent(Name())); break;
            case PickleOpcode.Ext1 or PickleOpcode.Ext2 or PickleOpcode.Ext4:
                throw Errors.Refused("copyreg extension code", "which stands for a class that only the writing program knows");
            case PickleOpcode.NextBuffer or PickleOpcode.ReadOnlyBuffer:
                throw Invalid("it needs out-of-band buffers, which are not in the file");
            default:
                throw Invalid($"0x{(byte)opcode:x2} is not an opcode");
        }
    }

    private void PushNew(object? value)
    {
        if (++objects > limits.MaxObjects)
        {
            throw Errors.TooLarge($"holds more than {limits.MaxObjects} values");
        }

        stack.Push(value);
    }

    private void PushInteger(int value) =>
        PushNew((uint)value < (uint)SmallIntegers.Length ? SmallIntegers[value] : (long)value);

    private void PushLong(long length)
    {
        if (length > MaxIntegerBytes)
        {
            throw Errors.TooLarge($"holds an integer of {length} bytes");
        }

        PushNew(PickleText.Integer(new BigInteger(input.ReadBytes((ulong)length))));
    }

    private void PushTextInteger(bool acceptBool)
    {
        var line = input.ReadLine(PickleText.MaxDigits);
        if (acceptBool && line is [(byte)'0', (byte)'0' or (byte)'1'])
        {
            PushNew(line[1] == '1' ? True : False);
        }
        else
        {
            PushNew(PickleText.TryInteger(line, out var value) ? value : throw Invalid("an integer literal cannot be read"));
        }
    }

    private void PushUnicode(ulong length)
    {
        var bytes = input.ReadBytes(length);
        try
        {
            PushNew(StrictUtf8.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            throw Invalid("a string is not UTF-8");
        }
    }

    private int Length(int value) => value >= 0 ? value : throw Invalid($"a length is negative ({value})");

    private string Name() => Encoding.UTF8.GetString(input.ReadLine(MaxNameBytes));

    private long TextIndex() =>
        PickleText.TryInteger(input.ReadLine(MaxNameBytes), out var value) && value is long and >= 0 and <= uint.MaxValue
            ? (long)value
            : throw Invalid("a memo number cannot be read");

    private void Recall(long index) =>
        stack.Push(memo.TryGet(index, out var value) ? value : throw Invalid($"memo {index} was never set"));

    private PickleStub Find(string module, string name) =>
        PickleGlobals.Find(module, name) ?? throw Errors.Refused($"{module}.{name}", "which is not on the list of harmless classes");

    private object? Call(object? function, object? arguments)
    {
        if (function is not PickleStub { Construct: { } construct } global)
        {
            throw Errors.Refused(PickleErrors.Describe(function), "and calls it, though it is a value");
        }

        return arguments is PickleTuple tuple
            ? construct(new PickleCall(global, tuple, this))
            : throw Invalid($"the arguments of {global.TypeName} are not a tuple");
    }

    private object? LoadPersistent(object? id) => persistentLoad is not null
        ? persistentLoad(id)
        : throw Invalid("it refers to data outside the pickle, as only a torch checkpoint does");

    private void AddTo(object?[] values)
    {
        switch (stack.Peek())
        {
            case PickleList list: list.Add(values); break;
            case PickleStub { Construct: null } stub: stub.Elements.Add(values); break;
            default: throw Invalid("values are appended to something that is not a list");
        }
    }

    private void SetItems(object?[] pairs)
    {
        switch (stack.Peek())
        {
            case PickleDict dict: SetItems(dict, pairs); break;
            case PickleStub { Construct: null } stub: SetItems(stub.Entries, pairs); break;
            default: throw Invalid("items are set on something that is not a dict");
        }
    }

    private void SetItems(PickleDict dict, object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
        {
            throw Invalid("a dict has a key without a value");
        }

        for (var index = 0; index < pairs.Length; index += 2)
        {
            if (!PickleDict.IsKey(pairs[index]))
            {
                throw Invalid("a dict has a key that is a container");
            }

            // Hashing costs time without bytes of the file when one long key is used again and again.
            Charge(pairs[index] switch { string { Length: > FreeKeyLength } text => text.Length, byte[] { Length: > FreeKeyLength } bytes => bytes.Length, _ => 0 });
            dict.Set(pairs[index], pairs[index + 1]);
        }
    }

    private void Build(object? target, object? state)
    {
        switch (target)
        {
            case NumpyArray array: array.SetState(state, this); break;
            case NumpyDType type: type.SetState(state, this); break;
            case PickleStub { Construct: null } stub: stub.State = state; break;
            case PickleDict or CheckpointTensor: break; // attributes, such as a state dict's _metadata
            case PickleStub global: throw Errors.Refused(global.TypeName, "and changes the class itself");
            default: throw Invalid("a state is set on something that has none");
        }
    }
}
