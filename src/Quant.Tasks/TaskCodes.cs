namespace Quant.Tasks;

/// <summary>The diagnostic codes of the tasks themselves; docs/diagnostics.md explains them with those of <c>deploy</c>.</summary>
internal static class TaskCodes
{
    public const string GateInconclusive = "QNT0702";
    public const string WorkerNotFound = "QNT0931";
    public const string WorkerCrashed = "QNT0932";
    public const string WorkerResultInvalid = "QNT0933";
    public const string QuantModelInvalid = "QNT0934";
}
