using System.Globalization;
using Deploy.Engines.TensorRt.Exports;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Engines.TensorRt;

/// <summary>Runs engines on given inputs through trtexec (<c>--loadInputs</c>, <c>--exportOutput</c>), one call for each.</summary>
public sealed class EngineRunner
{
    private readonly string trtexec;
    private readonly TrtexecCapabilities capabilities;
    private readonly TrtexecRunOptions options;
    private readonly CancellationToken cancel;

    /// <summary>Asks trtexec for its version.</summary>
    /// <exception cref="QuantException">QNT0503, QNT0911: no usable trtexec.</exception>
    public EngineRunner(string trtexec, TrtexecRunOptions options, CancellationToken cancel)
    {
        (this.trtexec, this.options, this.cancel) = (trtexec, options, cancel);
        Tensorrt = TrtexecRunner.Version(trtexec, cancel);
        capabilities = TrtexecCapabilities.For(Tensorrt);
    }

    /// <summary>The version that runs them.</summary>
    public TensorRtVersion Tensorrt { get; }

    /// <summary>Outputs by name. Files lie beside the engine under temporary names and are removed; the log of a failure stays.</summary>
    /// <exception cref="QuantException">QNT0505, QNT0506: the engine did not run or its outputs cannot be read.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(EngineJob job, OnnxFacts graph, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(graph);
        var files = graph.Inputs.Index().ToDictionary(input => input.Item.Name, input => new PendingFile($"{job.Engine}.input{input.Index.ToString(CultureInfo.InvariantCulture)}.raw"), StringComparer.Ordinal);
        using var output = new PendingFile($"{job.Engine}.output.json");
        try
        {
            foreach (var (name, file) in files)
            {
                RawTensorFile.Write(file.Path, inputs[name]);
            }

            var command = TrtexecCommand.Create(FrameCall.Create(job.Engine, graph, inputs, name => files[name].Path, output.Path), capabilities);
            var run = TrtexecRunner.Run(trtexec, command.Arguments, options, cancel);
            if (TrtexecSuccess.Judge(run, [output.Path], loadsEngine: true).Cause is not { } cause)
            {
                return ExportedOutputs.Read(output.Path);
            }

            var log = $"{job.Engine}.frame.log";
            PendingFile.WriteText(log, run.Log);
            throw new QuantException(
                DiagnosticCodes.EngineRunFailed,
                $"{job.Name}: trtexec could not run the engine on a frame ({cause.Class}, exit code {run.ExitCode}): {(cause.Text.Length > 0 ? $"{cause.Text}; " : "")}{cause.Advice}",
                new SourceLocation(log, Math.Max(cause.Line, 1), 1));
        }
        finally
        {
            foreach (var file in files.Values)
            {
                file.Dispose();
            }
        }
    }
}
