namespace Build;

/// <summary>The exit codes of the command line tool <c>deploy</c>, which this program ends with too.</summary>
public static class ExitCodes
{
    /// <summary>A gate failed or was inconclusive; of a repository task: the check failed.</summary>
    public const int Failed = 1;

    /// <summary>Bad input or config.</summary>
    public const int BadInput = 2;

    /// <summary>Something that the work needs is missing or does not build.</summary>
    public const int Environment = 3;

    /// <summary>What an exit code of the tool means, in words.</summary>
    public static string Meaning(int exitCode) => exitCode switch
    {
        Failed => "a gate failed or was inconclusive",
        BadInput => "bad input or config",
        Environment => "something in the environment is missing",
        4 => "internal error",
        130 => "cancelled",
        _ => "the process was ended from outside",
    };
}
