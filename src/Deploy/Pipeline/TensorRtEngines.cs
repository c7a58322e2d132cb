namespace Deploy.Pipeline;
internal static class TensorRtEngines { public static Dictionary<string, EngineEntry> Build(PipelineContext c, string t) => throw new NotSupportedException(); }
