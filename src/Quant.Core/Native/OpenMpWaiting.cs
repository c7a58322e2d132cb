using System.Runtime.InteropServices;

namespace Quant.Core.Native;

/// <summary>
/// How long libtorch's threads spin at the end of each operation before they sleep. GNU OpenMP's own 300,000 rounds keep every core busy while one thread
/// waits for another; beside other programs those rounds are taken from the thread that is waited for.
/// </summary>
internal static partial class OpenMpWaiting
{
    /// <summary>Measured on 2 cores: as fast as the default on a quiet machine, 0.6 of its time beside two busy processes (docs/results.md).</summary>
    private const string Rounds = "3000";

    /// <summary>Must run before libgomp is loaded, which reads its settings once. What the environment says already stays.</summary>
    public static void Limit()
    {
        if (OperatingSystem.IsLinux() && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OMP_WAIT_POLICY")))
        {
            // .NET keeps its own copy of the environment; native libraries see the process's.
            _ = SetEnvironment("GOMP_SPINCOUNT", Rounds, overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
