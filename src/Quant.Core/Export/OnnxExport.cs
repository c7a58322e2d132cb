using Quant.Core.Export.Onnx;
using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>An exported graph and the ranges that are in it.</summary>
/// <param name="Model">The ONNX model.</param>
/// <param name="Quantizers">The ranges as written (scales rounded to FP16 where the graph is FP16): what a simulation must use to match. Null without Q/DQ.</param>
public sealed record OnnxExport(ModelProto Model, QuantizerTable? Quantizers);
