namespace FakeTools.FakeTrtexec;

/// <summary>What one kind of call does besides succeeding.</summary>
internal sealed record FakeBehaviour
{
    /// <summary>
    /// <c>pass</c>; <c>fail</c> ([E], FAILED, 1); <c>error_but_pass</c> ([E], PASSED, 0); <c>no_engine</c> and <c>empty_engine</c> (PASSED, 0); <c>crash_after_pass</c> (139);
    /// <c>die</c> (killed in the middle); <c>hang</c> (with a child, for ever); <c>silent</c> (0 without a word); <c>flood</c> (endless output);
    /// <c>replay</c> (prints <see cref="Log"/> and exits with <see cref="ExitCode"/>).
    /// </summary>
    public string Kind { get; init; } = "pass";

    /// <summary>File that is gone after a build: trtexec itself, uninstalled half-way.</summary>
    public string? Vanishes { get; init; }

    /// <summary>The error's text.</summary>
    public string Error { get; init; } = "[TRT] something is wrong";

    /// <summary>File to print.</summary>
    public string? Log { get; init; }

    /// <summary>Exit code of a replay.</summary>
    public int ExitCode { get; init; }

    /// <summary>File that receives the process ids of a hanging fake and its child.</summary>
    public string? Pids { get; init; }
}
