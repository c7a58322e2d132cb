namespace Deploy.Engines.TensorRt.Exports;

/// <summary>An input or output of an engine layer.</summary>
/// <param name="Name">Tensor name.</param>
/// <param name="Type"><c>INT8</c>, <c>FP16</c>, <c>FP32</c>, <c>BF16</c>, <c>FP8</c>, <c>INT32</c>, …; empty when the file does not say.</param>
/// <param name="Format">As TensorRT words it, such as <c>Thirty-two wide channel vectorized row major Int8 format</c>.</param>
public sealed record EngineTensor(string Name, string Type, string Format);
