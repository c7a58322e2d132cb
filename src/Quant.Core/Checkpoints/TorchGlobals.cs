using System.Collections.Frozen;

namespace Quant.Core.Checkpoints;

/// <summary>The allow-list of the modules of PyTorch: storages, tensors and what describes them.</summary>
internal static class TorchGlobals
{
    /// <summary>Views and devices without a meaning here, and names of types that are only passed through.</summary>
    private static readonly string[] InertClasses =
    [
        "torch.device", "torch.Tensor", "torch._tensor.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer",
        "torch.strided", "torch.contiguous_format", "torch.preserve_format", "torch.channels_last", "torch.serialization._get_layout",
        "torch.torch_version.TorchVersion", "torch.per_tensor_affine", "torch.per_channel_affine",
        "torch._utils._rebuild_qtensor", "torch._utils._rebuild_sparse_tensor", "torch._utils._rebuild_nested_tensor",
        "torch.float", "torch.double", "torch.half", "torch.long", "torch.int", "torch.short",
        "torch.complex32", "torch.complex64", "torch.complex128", "torch.uint16", "torch.uint32", "torch.uint64",
        "torch.quint8", "torch.qint8", "torch.qint32", "torch.float8_e4m3fn", "torch.float8_e5m2", "torch.float8_e4m3fnuz", "torch.float8_e5m2fnuz",
    ];

    private static readonly string[] StorageModules = ["torch.", "torch.cuda.", "torch.storage."];

    private static readonly string[] UnsupportedStorages =
        ["ComplexFloatStorage", "ComplexDoubleStorage", "QUInt8Storage", "QInt8Storage", "QInt32Storage", "QUInt4x2Storage", "QUInt2x4Storage"];

    private static readonly FrozenDictionary<string, PickleStub> Known = Build().ToFrozenDictionary(item => item.TypeName, StringComparer.Ordinal);

    public static PickleStub? Find(string module, string name) => Known.GetValueOrDefault($"{module}.{name}");

    /// <summary>The element type of a storage class; null for one without a counterpart here.</summary>
    public static DType? StorageType(string className) =>
        DTypes.ByStorage.TryGetValue(className[(className.LastIndexOf('.') + 1)..], out var type) ? type : null;

    private static IEnumerable<PickleStub> Build()
    {
        PickleStub[] tensors =
        [
            new("torch._utils._rebuild_tensor", Tensor),
            new("torch._utils._rebuild_tensor_v2", Tensor),
            new("torch._utils._rebuild_tensor_v3", TypedTensor),
            new("torch._utils._rebuild_parameter", call => call[0]),
            new("torch._utils._rebuild_parameter_with_state", call => call[0]),
        ];
        return
        [
            .. tensors,
            new("torch._tensor._rebuild_from_type_v2", call => FromType(call, tensors)),
            new("torch.Size", call => call.Count == 0 ? PickleTuple.Empty : call.Get<PickleTuple>(0)),
            .. InertClasses.Select(PickleGlobals.Inert),
            .. DTypes.ByTorchName.Keys.Select(name => PickleGlobals.Inert($"torch.{name}")),
            .. StorageModules.SelectMany(module => DTypes.ByStorage.Keys.Concat(UnsupportedStorages).Select(name => PickleGlobals.Inert(module + name))),
        ];
    }

    /// <summary>(storage, offset, size, stride, …).</summary>
    private static object Tensor(PickleCall call) => call[0] switch
    {
        PickleStub { Construct: null } unsupported => unsupported,
        _ => View(call, call.Get<TensorStorage>(0)),
    };

    /// <summary>(storage, offset, size, stride, requires_grad, hooks, dtype, …) over an untyped storage.</summary>
    private static object TypedTensor(PickleCall call)
    {
        var type = call.Get<PickleStub>(6);
        return type.TypeName.StartsWith("torch.", StringComparison.Ordinal) && DTypes.ByTorchName.TryGetValue(type.TypeName["torch.".Length..], out var known)
            ? View(call, call.Get<TensorStorage>(0).As(known))
            : new PickleStub($"{type.TypeName} tensor", []);
    }

    /// <summary>(function, type, arguments, state) of a tensor subclass: the tensor itself. One level, as torch writes it.</summary>
    private static object? FromType(PickleCall call, PickleStub[] tensors)
    {
        var function = call.Get<PickleStub>(0);
        return tensors.Contains(function)
            ? call.Redirect(function, call.Get<PickleTuple>(2))
            : throw call.Errors.Refused($"torch._tensor._rebuild_from_type_v2({function.TypeName})", "which is not a way to make a tensor");
    }

    private static CheckpointTensor View(PickleCall call, TensorStorage storage)
    {
        var shape = Numbers(call, 2);
        var strides = Numbers(call, 3);
        var offset = call.Get<long>(1);
        return TensorLayout.Problem(shape, strides, offset, storage.Count) is { } problem
            ? throw call.Errors.Tensor($"of shape [{string.Join(", ", shape.Take(TensorLayout.MaxDimensions))}] {problem}")
            : new CheckpointTensor(storage, offset, shape, strides);
    }

    private static long[] Numbers(PickleCall call, int argument)
    {
        var values = call.Get<PickleTuple>(argument);
        call.Charge(64 + (8 * values.Count));
        return [.. values.Select(value => value is long number ? number : throw call.Invalid("a size or stride is not an integer"))];
    }
}
