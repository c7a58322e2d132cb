namespace Deploy.Engines.OnnxRuntime;

/// <summary>How ONNX Runtime runs a model.</summary>
/// <param name="Optimize">False: no graph optimization, so that Q/DQ nodes run as they are written.</param>
/// <param name="Cuda">True: the CUDA provider, CPU for what it lacks.</param>
/// <param name="Threads">Threads inside an operator; 0 lets ONNX Runtime choose.</param>
public sealed record OrtOptions(bool Optimize, bool Cuda = false, int Threads = 0);
