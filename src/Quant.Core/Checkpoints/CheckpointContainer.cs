using System.Globalization;
using System.Numerics;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>Finds state dict and meta data in the object that torch.load would return.</summary>
internal static class CheckpointContainer
{
    private const string DataParallelPrefix = "module.";
    private const string ExtraStateSuffix = "_extra_state";
    private const string HowToSave = "in Python: torch.save({'state_dict': model.state_dict()}, path)";

    /// <summary>A checkpoint without its file.</summary>
    /// <exception cref="QuantException">QNT0207 or QNT0208: no state dict of tensors.</exception>
    public static Checkpoint Open(object? root, string file)
    {
        if (root is not PickleDict top)
        {
            throw NotFound($"the file holds {PickleErrors.Describe(root)} and not a dict; {HowToSave}", file);
        }

        top.TryGet<PickleDict>("meta", out var meta);
        return top.TryGet<PickleDict>("state_dict", out var stateDict)
            ? new Checkpoint(Tensors(stateDict, file), meta is null ? "state_dict" : "mmengine", ConfigText(meta), Scalars(meta), ClassNames(meta))
            : new Checkpoint(Raw(top, file), "raw", null, Scalars(null), null);
    }

    private static StateDict Raw(PickleDict top, string file) => top.Any(item => item.Value is CheckpointTensor)
        ? Tensors(top, file)
        : throw NotFound($"there is no 'state_dict' and no tensor at the top, only {Names(top)}; {HowToSave}", file);

    private static StateDict Tensors(PickleDict dict, string file)
    {
        var problems = new DiagnosticBag();
        var tensors = new List<KeyValuePair<string, CheckpointTensor>>(dict.Count);
        foreach (var (key, value) in dict)
        {
            switch (key, value)
            {
                case (string name, CheckpointTensor tensor):
                    tensors.Add(new(name, tensor));
                    break;
                case (string name, _) when name.EndsWith(ExtraStateSuffix, StringComparison.Ordinal):
                    break; // what a module's get_extra_state returned: any object, and no parameter
                case (string name, PickleStub stub):
                    problems.Error(DiagnosticCodes.TensorInvalid, $"'{name}' is a {stub.TypeName}, and only float, integer and boolean tensors are read; convert it before saving", new SourceLocation(file));
                    break;
                default:
                    problems.Error(DiagnosticCodes.StateDictNotFound, $"the state dict maps {PickleErrors.Describe(key)} to {PickleErrors.Describe(value)}, not a name to a tensor; {HowToSave}", new SourceLocation(file));
                    break;
            }
        }

        problems.ThrowIfErrors();
        if (tensors.Count == 0)
        {
            throw NotFound($"the state dict is empty; {HowToSave}", file);
        }

        return new StateDict(tensors.TrueForAll(item => item.Key.StartsWith(DataParallelPrefix, StringComparison.Ordinal))
            ? tensors.Select(item => KeyValuePair.Create(item.Key[DataParallelPrefix.Length..], item.Value))
            : tensors);
    }

    private static string? ConfigText(PickleDict? meta)
    {
        if (meta is null)
        {
            return null;
        }

        if (meta.TryGet<string>("cfg", out var text) || meta.TryGet("config", out text))
        {
            return text;
        }

        // mmcv's Config pickles as (dict, file name, text, …).
        return meta.TryGet<PickleStub>("cfg", out var config) && config.State is PickleTuple { Count: >= 3 } state ? state[2] as string : null;
    }

    private static Dictionary<string, string> Scalars(PickleDict? meta)
    {
        var scalars = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in meta ?? [])
        {
            var text = value switch
            {
                string written => written,
                long number => number.ToString(CultureInfo.InvariantCulture),
                BigInteger number => number.ToString(CultureInfo.InvariantCulture),
                double number => number.ToString("R", CultureInfo.InvariantCulture),
                bool flag => flag ? "true" : "false",
                _ => null,
            };
            if (key is string name && name is not ("cfg" or "config") && text is not null)
            {
                scalars.Add(name, text);
            }
        }

        return scalars;
    }

    private static List<string>? ClassNames(PickleDict? meta)
    {
        object? classes = null;
        if (meta is null || !(meta.TryGet<PickleDict>("dataset_meta", out var dataset) && (dataset.TryGet("classes", out classes) || dataset.TryGet("CLASSES", out classes))))
        {
            meta?.TryGet("CLASSES", out classes);
        }

        return classes is IReadOnlyList<object?> names && names.All(name => name is string) ? [.. names.Cast<string>()] : null;
    }

    private static string Names(PickleDict dict)
    {
        var keys = string.Join(", ", dict.Keys.Take(8).Select(key => PickleErrors.Describe(key)));
        return dict.Count == 0 ? "an empty dict" : $"{keys}{(dict.Count > 8 ? ", …" : "")}";
    }

    private static QuantException NotFound(string problem, string file) => new(DiagnosticCodes.StateDictNotFound, problem, new SourceLocation(file));
}
