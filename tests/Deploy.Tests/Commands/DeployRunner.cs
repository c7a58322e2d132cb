using Deploy.Commands;
using Deploy.Pipeline;
using Testing;

namespace Deploy.Tests.Commands;

/// <summary>Runs <c>deploy</c> in process with captured text and no trtexec in sight.</summary>
internal sealed record DeployRunner(int ExitCode, string Output, string Error)
{
    public static string SampleConfig { get; } = Path.Combine(Repository.Root, "deploy_configs", "centerpoint_sim_int8.yaml");

    /// <summary>The sample with few frames, so that a whole run takes seconds.</summary>
    public static string[] QuickSample(string workDir, params string[] more) =>
    [
        "--config", SampleConfig, "--work-dir", workDir, "--device", "cpu",
        "--set", "dataset.calibration.num_frames=8", "--set", "dataset.validation.num_frames=4", "--set", "verification.num_verify_samples=2",
        "--set", "quantization.equalization.alpha=0.75", "--set", "latency={warmup: 1, iterations: 3}", .. more,
    ];

    public static DeployRunner Run(params string[] arguments) => Run("", arguments);

    /// <summary>Runs a verb with somebody at the terminal who answers so, one question a line.</summary>
    public static DeployRunner Answering(string answers, params string[] arguments)
    {
        using var reader = new StringReader(answers);
        return Run("", arguments, reader);
    }

    public static DeployRunner Run(string searchPath, string[] arguments, TextReader? answers = null)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var surroundings = new Surroundings(TorchFixture.Search, null, searchPath, false, false);
        var exit = DeployCommandLine.RunAsync(arguments, surroundings, output, error, interactive: false, answers).GetAwaiter().GetResult();
        return new DeployRunner(exit, output.ToString(), error.ToString());
    }
}
