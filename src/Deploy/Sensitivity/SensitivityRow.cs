namespace Deploy.Sensitivity;

/// <summary>What one layer's quantization does to the outputs.</summary>
/// <param name="Layer">Its name; <c>*</c> for all layers together.</param>
/// <param name="View"><c>only</c>: this layer is quantized alone. <c>without</c>: every layer but this one is. <c>all</c>: every layer is.</param>
/// <param name="Mse">Squared error over the output's power, mean of all outputs.</param>
/// <param name="Sqnr">Signal over quantization noise in dB, mean of all outputs.</param>
/// <param name="Kl">Divergence of the heatmap's scores from the float model's, mean of all cells and classes, in nats.</param>
/// <param name="Macs">Multiplications of one pass through the layer, for its cost.</param>
/// <param name="Map">0…1; null when it was not measured.</param>
/// <param name="Nds">0…1; null when it was not measured.</param>
public sealed record SensitivityRow(string Layer, string View, double Mse, double Sqnr, double Kl, double Macs, double? Map, double? Nds);
