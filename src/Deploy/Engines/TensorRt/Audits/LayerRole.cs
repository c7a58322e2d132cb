namespace Deploy.Engines.TensorRt.Audits;

/// <summary>What an engine layer is for.</summary>
public enum LayerRole
{
    /// <summary>It computes.</summary>
    Compute,

    /// <summary>It only changes the memory format or type between layers.</summary>
    Reformat,

    /// <summary>A QuantizeLinear or DequantizeLinear that no other layer took in.</summary>
    Quantization,
}
