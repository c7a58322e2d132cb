using Quant.Core.Models;

namespace Deploy.Engines.TensorRt;

/// <summary>The call that runs an engine once on stored inputs and writes its outputs.</summary>
internal static class FrameCall
{
    /// <param name="engine">The engine file.</param>
    /// <param name="graph">The graph it was built from.</param>
    /// <param name="inputs">Values by input name.</param>
    /// <param name="inputFile">Input name → its raw file.</param>
    /// <param name="exportOutput">File for the outputs.</param>
    public static TrtexecRequest Create(string engine, OnnxFacts graph, IReadOnlyDictionary<string, HostTensor> inputs, Func<string, string> inputFile, string exportOutput) => new()
    {
        LoadEngine = engine,
        Profiles = [.. graph.Inputs.Where(input => input.IsDynamic).Select(input => ShapeProfile.Fixed(input.Name, [.. inputs[input.Name].Shape.Select(size => checked((int)size))]))],
        LoadInputs = [.. graph.Inputs.Select(input => KeyValuePair.Create(input.Name, inputFile(input.Name)))],
        Transfers = true,
        Iterations = 1,
        WarmUpMs = 0,
        DurationSeconds = 0,
        ExportOutput = exportOutput,
    };
}
