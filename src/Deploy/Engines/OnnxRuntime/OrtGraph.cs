using Microsoft.ML.OnnxRuntime;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Models;
using Quant.Core.Native;

namespace Deploy.Engines.OnnxRuntime;

/// <summary>One ONNX file with one float32 input, loaded in ONNX Runtime.</summary>
public sealed class OrtGraph : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();

    /// <summary>Loads a file.</summary>
    /// <exception cref="QuantException">QNT0550: the file is missing or ONNX Runtime refuses it.</exception>
    public OrtGraph(string path, OrtOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!File.Exists(path))
        {
            throw new QuantException(DiagnosticCodes.OnnxRuntimeRefuses, "the ONNX file is missing; run the export stage first", new SourceLocation(path));
        }

        try
        {
            using var sessionOptions = SessionOptionsFor(options);
            if (options.Cuda)
            {
                OrtPlacement.Record(sessionOptions);
            }

            session = new InferenceSession(path, sessionOptions);
        }
        catch (OnnxRuntimeException error) when (DeviceFaults.Explain(error.Message) is null)
        {
            throw new QuantException(DiagnosticCodes.OnnxRuntimeRefuses, $"ONNX Runtime cannot load it: {error.Message}", new SourceLocation(path), error);
        }

        Placement = options.Cuda ? null : OrtPlacement.Cpu;
        OutputNames = session.OutputNames;
        Factors = InputFactors.Parse(session.ModelMetadata.CustomMetadataMap.GetValueOrDefault(InputFactors.Key));
    }

    /// <summary>What runs its nodes; null on a GPU before the first run tells.</summary>
    public OrtPlacement? Placement { get; private set; }

    /// <summary>In graph order.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Factors that the maker of the input multiplies its features by, or null.</summary>
    public IReadOnlyList<float>? Factors { get; }

    /// <summary>The options of a session, also used to write optimized models.</summary>
    public static SessionOptions SessionOptionsFor(OrtOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SessionOptions
        {
            GraphOptimizationLevel = options.Optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            IntraOpNumThreads = options.Threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (options.Cuda)
        {
            result.AppendExecutionProvider_CUDA();
        }

        return result;
    }

    /// <summary>Runs the graph; the returned arrays are copies.</summary>
    public IReadOnlyDictionary<string, HostTensor> Run(HostTensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var value = OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape);
        using var results = session.Run(runOptions, [session.InputNames[0]], [value], session.OutputNames);
        Placement ??= OrtPlacement.Of(session);
        return session.OutputNames.Zip(results).ToDictionary(
            pair => pair.First,
            pair => new HostTensor(pair.Second.GetTensorDataAsSpan<float>().ToArray(), pair.Second.GetTensorTypeAndShape().Shape),
            StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        session.Dispose();
        runOptions.Dispose();
    }
}
