using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary>How the program ends.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int GateFailed = 1;
    public const int BadInput = 2;
    public const int Environment = 3;
    public const int Internal = 4;
    public const int Cancelled = 130;

    /// <summary>09xx is the environment, and so is a disk that takes no file; 07xx is a gate, everything else the user's input.</summary>
    public static int Of(QuantException error) => error.Code switch
    {
        DiagnosticCodes.CheckpointNotWritable or DiagnosticCodes.OnnxFileUnwritable => Environment,
        ['Q', 'N', 'T', '0', '9', ..] => Environment,
        ['Q', 'N', 'T', '0', '7', ..] => GateFailed,
        _ => BadInput,
    };
}
