using System.CommandLine;
using Deploy.Configuration;
using Deploy.Output;
using Deploy.Pipeline;
using Quant.Core.Diagnostics;
using Quant.Core.Native;
using TorchSharp;

namespace Deploy.Commands;

/// <summary>The one error boundary: runs a verb, prints what went wrong as coded lines and chooses the exit code.</summary>
internal sealed class CommandHost(CommonOptions options, Surroundings surroundings, TextWriter output, TextWriter error, bool interactive, TextReader? answers)
{
    public CommonOptions Options => options;

    public TextWriter Output => output;

    public Surroundings Surroundings => surroundings;

    /// <summary>Asks who sits at the terminal; an empty answer means the default.</summary>
    /// <returns>The answer; null when nobody can be asked, when the input has ended, and for no answer to a question without a default.</returns>
    public string? Ask(ParseResult parse, string what, string otherwise)
    {
        if (answers is null || parse.GetValue(options.Quiet) || parse.GetValue(options.Json))
        {
            return null;
        }

        error.Write(otherwise.Length > 0 ? $"{what} [{otherwise}]: " : $"{what}: ");
        return answers.ReadLine()?.Trim() switch { null => null, { Length: > 0 } answer => answer, _ => otherwise.Length > 0 ? otherwise : null };
    }

    /// <summary>An override whose value is a path as the user gave it.</summary>
    public static string PathOverride(string key, string path) => $"{key}={System.Text.Json.JsonSerializer.Serialize(Path.GetFullPath(path))}";

    /// <summary>Writes a line for people to stdout, in lines of 80 columns: what goes on is indented by <paramref name="hanging"/> columns.</summary>
    public void WriteWrapped(string line, int hanging)
    {
        foreach (var part in TextWrap.Lines(line, hanging))
        {
            output.WriteLine(part);
        }
    }

    /// <summary>Writes a result to a file, or to stdout when none was named.</summary>
    public void WriteResult(string? file, string text)
    {
        if (file is null)
        {
            output.Write(text);
        }
        else
        {
            AtomicFile.Write(file, text);
        }
    }

    /// <summary>Runs a verb that needs neither config nor work directory.</summary>
    public int Run(ParseResult parse, Func<RunLog, int> verb) => Run(parse, (log, _) => verb(log));

    /// <summary>Runs a verb on a loaded config.</summary>
    public int RunWithConfig(ParseResult parse, Func<LoadedConfig, RunLog, int> verb) =>
        Run(parse, (log, facts) => verb(LoadConfig(parse, log, facts, []), log));

    /// <summary>Runs a verb in a locked work directory, with libtorch loaded.</summary>
    public int RunInWorkDirectory(ParseResult parse, Func<PipelineContext, int> verb, CancellationToken cancel, IReadOnlyList<string>? overrides = null, bool int8Only = false) => Run(parse, (log, facts) =>
    {
        var loaded = LoadConfig(parse, log, facts, overrides ?? []);
        LibTorch.Load(surroundings.LibTorch);
        var device = Devices.Choose(loaded.Config.Device, loaded.LocationOf("device"));
        using var work = WorkDirectory.Open(loaded.Config.WorkDir);
        log.OpenFile(work["deploy.log"]);
        var context = new PipelineContext
        {
            Loaded = loaded,
            Work = work,
            Log = log,
            Device = device,
            OnnxRuntimeCuda = device.type == DeviceType.CUDA && Devices.OnnxRuntimeHasCuda,
            Surroundings = surroundings,
            Cancel = cancel,
            Int8Only = int8Only,
        };
        torch.set_num_threads(context.Threads);
        // TF32 keeps 10 bits of the mantissa: ranges found with it would differ from the CPU's by more than 1e-3.
        (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32) = (false, false);
        torch.manual_seed(loaded.Config.Seed);
        var exit = verb(context);
        facts.Add(context);
        return exit;
    });

    private int Run(ParseResult parse, Func<RunLog, WorkerFacts, int> verb)
    {
        using var log = new RunLog(Terminal.Create(error, interactive), options.Verbosity(parse), TimeProvider.System);
        var facts = new WorkerFacts();
        var exit = Guard(log, () => verb(log, facts));
        return parse.GetValue(options.Result) is { } file ? Guard(log, () => Leave(file, facts.Result(exit, log.Diagnostics))) : exit;
    }

    private static int Leave(string file, WorkerResult result)
    {
        JsonFile.Write(file, result);
        return result.ExitCode;
    }

    private LoadedConfig LoadConfig(ParseResult parse, RunLog log, WorkerFacts facts, IReadOnlyList<string> overrides)
    {
        var request = parse.GetValue(options.Request) is { } file ? WorkerRequest.Read(file) : null;
        var loaded = ConfigLoader.Load(request?.Config ?? parse.GetValue(options.Config)!, [.. overrides, .. request?.Overrides ?? [], .. options.Overrides(parse)]);
        facts.Add(loaded);
        foreach (var warning in loaded.Warnings)
        {
            log.Report(warning);
        }

        return loaded;
    }

    private int Guard(RunLog log, Func<int> verb)
    {
        try
        {
            return verb();
        }
        catch (QuantException failure)
        {
            foreach (var diagnostic in failure.Diagnostics)
            {
                log.Report(diagnostic);
            }

            return ExitCodes.Of(failure);
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("deploy: cancelled; finished stages are kept and the next run goes on from there");
            return ExitCodes.Cancelled;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            log.Report(Diagnostic.Error(DiagnosticCodes.FileSystem, $"a file could not be read or written: {failure.Message}"));
            return ExitCodes.Environment;
        }
        catch (Exception failure) when (DeviceFaults.Explain(failure) is { } fault)
        {
            log.Report(fault);
            return ExitCodes.Environment;
        }
        catch (Exception failure)
        {
            log.Report(Diagnostic.Error(DiagnosticCodes.Internal, $"this is a bug: {failure.GetType().Name}: {failure.Message}"));
            error.WriteLine(failure.StackTrace);
            return ExitCodes.Internal;
        }
    }
}
