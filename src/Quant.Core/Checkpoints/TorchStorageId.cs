using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>How a torch pickle names a storage: ('storage', class, key, location, count). The location is ignored.</summary>
/// <param name="ClassName">Such as <c>torch.FloatStorage</c>.</param>
/// <param name="DType">Null when the class has no counterpart here.</param>
/// <param name="Key">The record's name.</param>
/// <param name="Count">Elements.</param>
internal sealed record TorchStorageId(string ClassName, DType? DType, string Key, long Count)
{
    private const int MaxKeyLength = 256;

    public static TorchStorageId Parse(object? id, PickleErrors errors)
    {
        if (id is PickleTuple { Count: >= 1 } module && module[0] is "module")
        {
            throw errors.Refused("torch.nn.Module", "a whole module with its source code instead of its tensors");
        }

        if (id is not PickleTuple { Count: >= 5 } tuple || tuple[0] is not "storage" || tuple[1] is not PickleStub { Construct: not null } type ||
            !type.TypeName.EndsWith("Storage", StringComparison.Ordinal) || tuple[2] is not string { Length: <= MaxKeyLength } key || tuple[4] is not long count)
        {
            throw errors.Tensor("names its storage in an unknown way");
        }

        if (tuple.Count > 5 && tuple[5] is not null)
        {
            throw errors.Tensor("is a view of a storage as PyTorch before 0.4 wrote it");
        }

        if (count < 0)
        {
            throw errors.Tensor($"has a storage of {count} elements");
        }

        return new(type.TypeName, TorchGlobals.StorageType(type.TypeName), key, count);
    }

    /// <summary>Bytes of the record, or null when they pass 2^63.</summary>
    public long? ByteLength => DType is { } type && Count <= long.MaxValue / type.Size() ? Count * type.Size() : null;
}
