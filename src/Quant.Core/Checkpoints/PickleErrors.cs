using System.Globalization;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>The failures of one pickle, each with its file.</summary>
internal sealed class PickleErrors(string file)
{
    public QuantException Invalid(string problem, long position) => new(
        DiagnosticCodes.PickleInvalid,
        $"the pickle is malformed at byte {position}: {problem}; copy or save the file again",
        new SourceLocation(file));

    public QuantException Truncated(long position) => Invalid("it ends in the middle of a value", position);

    public QuantException Refused(string name, string reason) => new(
        DiagnosticCodes.PickleGlobalRefused,
        $"the pickle names '{name}', {reason}; nothing of it was executed. If the file is trusted, save it again from Python as plain data: torch.save({{'state_dict': model.state_dict()}}, path), or lists, dicts and numpy arrays for a .pkl",
        new SourceLocation(file));

    public QuantException TooLarge(string problem) => new(
        DiagnosticCodes.PickleLimitExceeded,
        $"the pickle {problem}; save it again with the needed values only",
        new SourceLocation(file));

    public QuantException Conversion(string problem) => new(DiagnosticCodes.PickleInvalid, problem, new SourceLocation(file));

    public QuantException Tensor(string problem) => new(
        DiagnosticCodes.TensorInvalid,
        $"a tensor {problem}; the checkpoint is damaged or was written by hand, save it again with torch.save",
        new SourceLocation(file));

    /// <summary>A value in a message, without its content when that is long.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "nothing or None",
        PickleStub stub => stub.TypeName,
        string { Length: <= 64 } text => $"'{text}'",
        string => "a string",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double => "a float",
        bool => "a truth value",
        byte[] => "bytes",
        PickleDict => "a dict",
        PickleList => "a list",
        PickleTuple => "a tuple",
        NumpyArray => "a numpy array",
        CheckpointTensor => "a tensor",
        _ => value.GetType().Name,
    };
}
