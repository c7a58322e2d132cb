namespace Deploy.Pipeline;

/// <summary>The steps of a run, in order. Each leaves files in the work directory that the next reads.</summary>
public enum Stage
{
    /// <summary>Reads the checkpoint and checks it against the model section: checkpoint.json.</summary>
    Load,

    /// <summary>Folds the norms: fused.pth, fusion.json.</summary>
    Fuse,

    /// <summary>Decides what is quantized: plan.json.</summary>
    Insert,

    /// <summary>Scales channels across conv → ReLU → conv: equalized.pth, equalization.json.</summary>
    Equalize,

    /// <summary>Finds the ranges: ranges.json.</summary>
    Calibrate,

    /// <summary>Corrects the biases: bias_correction.json, quantization.json, quantized.pth.</summary>
    Correct,

    /// <summary>Trains with fake quantization (mode qat): qat.pth, qat_quantization.json, training.json.</summary>
    Train,

    /// <summary>Writes onnx/{fp32,fp16,int8}.</summary>
    Export,

    /// <summary>Compares INT8 with FP16: compare.json.</summary>
    Compare,

    /// <summary>Builds engines: engine/, engine.json.</summary>
    Engine,

    /// <summary>Measures mAP, NDS and latency: evaluation.json, latency.json, detections/.</summary>
    Evaluate,

    /// <summary>Compares measurements with limits: gate.json, junit.xml.</summary>
    Gate,

    /// <summary>Writes report.md and report.html.</summary>
    Report,
}
