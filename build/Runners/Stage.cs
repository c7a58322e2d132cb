namespace Build.Runners;

/// <summary>The stages of <c>deploy run</c> that tasks stop at, in the order they run.</summary>
public enum Stage
{
    /// <summary>Reads and checks the checkpoint.</summary>
    Load,

    /// <summary>Folds batch normalization.</summary>
    Fuse,

    /// <summary>Decides where Q/DQ pairs go.</summary>
    Insert,

    /// <summary>The last of equalize, calibrate and correct.</summary>
    Correct,

    /// <summary>Writes the ONNX files.</summary>
    Export,

    /// <summary>Compares INT8 with FP16.</summary>
    Compare,

    /// <summary>Builds the engines.</summary>
    Engine,

    /// <summary>Measures accuracy and latency.</summary>
    Evaluate,

    /// <summary>Judges the results.</summary>
    Gate,

    /// <summary>Writes the reports.</summary>
    Report,
}
