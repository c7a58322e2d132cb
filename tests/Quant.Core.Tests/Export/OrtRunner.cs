using Microsoft.ML.OnnxRuntime;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Testing;

namespace Quant.Core.Tests.Export;

/// <summary>Runs a model in ONNX Runtime on one thread.</summary>
internal static class OrtRunner
{
    public static List<HostTensor> Run(ModelProto model, HostTensor input, GraphOptimizationLevel level = GraphOptimizationLevel.ORT_DISABLE_ALL)
    {
        using var options = Options(level);
        using var session = new InferenceSession(OnnxFile.Serialize(model), options);
        using var tensor = OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape);
        using var run = new RunOptions();
        using var results = session.Run(run, [session.InputNames[0]], [tensor], session.OutputNames);
        return [.. results.Select(Host)];
    }

    /// <summary>The graph after ONNX Runtime's optimizations.</summary>
    public static ModelProto Optimize(ModelProto model, GraphOptimizationLevel level)
    {
        using var folder = new TempFolder();
        using var options = Options(level);
        options.OptimizedModelFilePath = folder.File("optimized.onnx");
        using var session = new InferenceSession(OnnxFile.Serialize(model), options);
        return OnnxFile.Read(options.OptimizedModelFilePath);
    }

    private static SessionOptions Options(GraphOptimizationLevel level) => new()
    {
        GraphOptimizationLevel = level,
        IntraOpNumThreads = 1,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };

    private static HostTensor Host(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        float[] values = info.ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => [.. value.GetTensorDataAsSpan<float>()],
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int8 => Array.ConvertAll(value.GetTensorDataAsSpan<sbyte>().ToArray(), level => (float)level),
            _ => throw new InvalidOperationException($"unexpected element type {info.ElementDataType}"),
        };
        return new HostTensor(values, info.Shape);
    }
}
