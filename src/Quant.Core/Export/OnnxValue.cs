using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export;

/// <summary>A tensor of the written graph that holds a value of the export graph.</summary>
internal sealed record OnnxValue(string Tensor, DataType Type);
