using System.Collections.Frozen;
using System.Text;

namespace Quant.Core.Checkpoints;

/// <summary>
/// The allow-list. Containers and numpy become data, other harmless classes become <see cref="PickleStub"/>; every name that is
/// not here is refused. Constructors only arrange values that were already read.
/// </summary>
internal static class PickleGlobals
{
    // Config objects that MMDetection3D 0.x stored in meta, and what they are made of.
    private static readonly string[] InertModules = ["mmengine.config.", "mmcv.utils.config.", "addict.addict."];

    // Plain values that appear in the meta, hooks and random states of training frameworks.
    private static readonly string[] InertClasses =
    [
        "builtins.bool", "builtins.complex", "builtins.float", "builtins.int", "builtins.object", "builtins.range", "builtins.slice", "builtins.str",
        "datetime.date", "datetime.datetime", "datetime.timedelta", "datetime.timezone",
        "pathlib.Path", "pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath", "pathlib.WindowsPath",
        "pathlib._local.PosixPath", "pathlib._local.PurePosixPath", "pathlib._local.PureWindowsPath", "pathlib._local.WindowsPath",
        "mmengine.logging.history_buffer.HistoryBuffer", "mmengine.logging.message_hub.MessageHub",
        "numpy.bool_", "numpy.float16", "numpy.float32", "numpy.float64", "numpy.int8", "numpy.int16", "numpy.int32", "numpy.int64",
        "numpy.str_", "numpy.uint8", "numpy.uint16", "numpy.uint32", "numpy.uint64",
    ];

    private static readonly FrozenDictionary<string, PickleStub> Known = Build().ToFrozenDictionary(item => item.TypeName, StringComparer.Ordinal);

    /// <summary>The class or function of a name, or null when it is not allowed.</summary>
    public static PickleStub? Find(string module, string name)
    {
        var full = $"{Canonical(module)}.{name}";
        if (Known.TryGetValue(full, out var known))
        {
            return known;
        }

        return InertModules.Any(prefix => full.StartsWith(prefix, StringComparison.Ordinal)) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
            ? Inert(full)
            : TorchGlobals.Find(module, name);
    }

    /// <summary>A class whose objects are kept as they are.</summary>
    public static PickleStub Inert(string name) => new(name, call => new PickleStub(name, call.Arguments));

    /// <summary>Python 2 and numpy 2 spell some modules differently.</summary>
    private static string Canonical(string module) => module switch
    {
        "__builtin__" => "builtins",
        "copy_reg" => "copyreg",
        _ when module.StartsWith("numpy._core", StringComparison.Ordinal) => "numpy.core" + module["numpy._core".Length..],
        _ => module,
    };

    private static IEnumerable<PickleStub> Build() =>
    [
        new("collections.OrderedDict", Dictionary),
        new("builtins.dict", Dictionary),
        new("collections.Counter", Dictionary),
        new("collections.defaultdict", call => call[0] is null or PickleStub { Construct: not null } ? new PickleDict() : throw call.Invalid("the factory is not a class")),
        new("builtins.list", Sequence),
        new("builtins.set", Sequence),
        new("builtins.frozenset", Sequence),
        new("collections.deque", Sequence),
        new("builtins.tuple", call => call.Count == 0 ? PickleTuple.Empty : call[0] as PickleTuple ?? call.Get<PickleList>(0) as object),
        new("builtins.bytes", Bytes),
        new("builtins.bytearray", Bytes),
        new("_codecs.encode", Bytes),
        new("builtins.getattr", Attribute),
        new("copyreg._reconstructor", Reconstruct),
        .. InertClasses.Select(Inert),
        .. NumpyGlobals.All(),
    ];

    private static PickleDict Dictionary(PickleCall call)
    {
        if (call[0] is PickleDict existing)
        {
            return existing;
        }

        var dict = new PickleDict();
        if (call.Count == 0)
        {
            return dict;
        }

        foreach (var pair in call.Get<IReadOnlyList<object?>>(0))
        {
            if (pair is not IReadOnlyList<object?> { Count: 2 } items || !PickleDict.IsKey(items[0]))
            {
                throw call.Invalid("an item is not a pair of key and value");
            }

            call.Charge(64);
            dict.Set(items[0], items[1]);
        }

        return dict;
    }

    // The argument is the only owner of its values, so it serves as the result.
    private static object Sequence(PickleCall call) => call.Count == 0 ? new PickleList() : call.Get<IReadOnlyList<object?>>(0);

    /// <summary>Python 3 writes bytes for protocol 2 as text in latin-1.</summary>
    private static byte[] Bytes(PickleCall call)
    {
        if (call.Count == 0)
        {
            return [];
        }

        if (call[0] is byte[] bytes)
        {
            return bytes;
        }

        var text = call.Get<string>(0);
        if (call.Count > 1 && call.Get<string>(1) is not ("latin1" or "latin-1"))
        {
            throw call.Invalid($"the encoding {call[1]} is not latin-1");
        }

        call.Charge(text.Length);
        return !text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF') ? Encoding.Latin1.GetBytes(text) : throw call.Invalid("the text is not latin-1");
    }

    /// <summary>MMEngine's HistoryBuffer stores its own methods; every other attribute is refused.</summary>
    private static PickleStub Attribute(PickleCall call) =>
        call.Arguments is [PickleStub { Construct: not null, TypeName: "mmengine.logging.history_buffer.HistoryBuffer" } owner, string { Length: <= 64 } name]
            ? new PickleStub($"{owner.TypeName}.{name}", [])
            : throw call.Errors.Refused($"builtins.getattr({PickleErrors.Describe(call[0])}, {PickleErrors.Describe(call[1])})", "which reaches into an object");

    /// <summary>How protocols 0 and 1 make objects: (class, base class, base value).</summary>
    private static PickleStub Reconstruct(PickleCall call)
    {
        var type = call.Get<PickleStub>(0);
        return type.Construct is not null ? new PickleStub(type.TypeName, [call[2]]) : throw call.Invalid("the first argument is not a class");
    }
}
