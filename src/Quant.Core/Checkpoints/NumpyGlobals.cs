namespace Quant.Core.Checkpoints;

/// <summary>How numpy's arrays, scalars and element types are rebuilt.</summary>
internal static class NumpyGlobals
{
    public static IEnumerable<PickleStub> All() =>
    [
        PickleGlobals.Inert("numpy.ndarray"),
        new("numpy.dtype", NumpyDType.Parse),
        new("numpy.core.multiarray._reconstruct", Reconstruct),
        new("numpy.core.multiarray.scalar", Scalar),
        new("numpy.core.numeric._frombuffer", FromBuffer),
    ];

    /// <summary>(ndarray, (0,), b'b'): an empty array; its state follows.</summary>
    private static NumpyArray Reconstruct(PickleCall call) => call.Get<PickleStub>(0) is { TypeName: "numpy.ndarray", Construct: not null }
        ? NumpyArray.Empty(NumpyDType.Byte(), call.Errors)
        : throw call.Invalid($"{call[0]} is not numpy.ndarray");

    /// <summary>(dtype, bytes); an object scalar holds the object itself.</summary>
    private static object? Scalar(PickleCall call)
    {
        var type = call.Get<NumpyDType>(0);
        if (type.Kind == 'O')
        {
            return call[1];
        }

        var array = NumpyArray.Empty(type, call.Errors);
        array.Set(PickleTuple.Empty, type, false, call[1], call.Invalid, call.Charge);
        call.Charge(type.ItemSize);
        return array.Single();
    }

    /// <summary>(buffer, dtype, shape, order) of protocol 5.</summary>
    private static NumpyArray FromBuffer(PickleCall call)
    {
        var type = call.Get<NumpyDType>(1);
        var array = NumpyArray.Empty(type, call.Errors);
        array.Set(call.Get<PickleTuple>(2), type, call.Get<string>(3) == "F", call.Get<byte[]>(0), call.Invalid, call.Charge);
        return array;
    }
}
