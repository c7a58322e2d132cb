namespace Deploy.Engines.TensorRt;

/// <summary>What a user asks of an engine's precision (<c>precision_policy</c>).</summary>
public enum PrecisionPolicy
{
    /// <summary>What the graph itself says: INT8 where it has Q/DQ, FP16 where its body is FP16.</summary>
    Auto,

    /// <summary>FP16 allowed everywhere; for graphs without Q/DQ.</summary>
    Fp16,

    /// <summary>FP32 with TF32 tensor cores.</summary>
    Fp32Tf32,

    /// <summary>INT8 where the graph has Q/DQ, FP16 beside it.</summary>
    Int8,

    /// <summary>Every type as the graph writes it.</summary>
    StronglyTyped,
}
