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

    /// <summary>09xx is the environment, 07xx a gate, everything else the user's input.</summary>
    public static int Of(QuantException error) => error.Code[3..5] switch
    {
        "09" => Environment,
        "07" => GateFailed,
        _ => BadInput,
    };
}
