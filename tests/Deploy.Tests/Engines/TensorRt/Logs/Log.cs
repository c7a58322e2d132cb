using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Tests.Engines.TensorRt.Logs;

/// <summary>Logs of a few lines: the first line is always RUNNING, so the lines given begin with number 2.</summary>
internal static class Log
{
    public const string Start = "&&&& RUNNING TensorRT.trtexec [TensorRT v100300] # trtexec --onnx=m.onnx\n";
    public const string Pass = "&&&& PASSED TensorRT.trtexec [TensorRT v100300] # trtexec --onnx=m.onnx\n";
    public const string Fail = "&&&& FAILED TensorRT.trtexec [TensorRT v100300] # trtexec --onnx=m.onnx\n";

    /// <summary>A run that ended with PASSED.</summary>
    public static TrtexecReading Passed(params string[] lines) => Read(lines, Pass);

    /// <summary>The cause of a run that ended with FAILED.</summary>
    public static TrtexecCause Failed(params string[] lines) => Read(lines, Fail).Cause!;

    /// <summary>A run whose log just ends.</summary>
    public static TrtexecReading Cut(params string[] lines) => Read(lines, "");

    private static TrtexecReading Read(string[] lines, string end) => TrtexecLogReader.Read(Start + string.Concat(lines.Select(line => line + "\n")) + end);
}
