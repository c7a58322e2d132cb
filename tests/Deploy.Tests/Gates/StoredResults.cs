namespace Deploy.Tests.Gates;

/// <summary>A work directory with stored results as the contract writes them.</summary>
internal sealed class StoredResults : IDisposable
{
    public const string Evaluation = """
        {"version":1,"metric":"nuscenes","frames":64,"attributes":false,"models":{
         "fp32":{"mAP":0.80,"NDS":0.60,"mATE":0.2,"mASE":0.2,"mAOE":0.2,"mAVE":1.2,"mAAE":1,"per_class":{"car":{"AP":0.9},"bus":{"AP":0.7}}},
         "fp16":{"mAP":0.79,"NDS":0.60,"mATE":0.2,"mASE":0.2,"mAOE":0.2,"mAVE":1.2,"mAAE":1,"per_class":{"car":{"AP":0.9},"bus":{"AP":0.7}}},
         "int8":{"mAP":0.78,"NDS":0.595,"mATE":0.2,"mASE":0.2,"mAOE":0.2,"mAVE":1.2,"mAAE":1,"per_class":{"car":{"AP":0.9},"bus":{"AP":0.66}}}}}
        """;

    public const string Comparison = """
        {"version":1,"tolerance":0.1,"space":"activated","statistic":"p99","pass":true,"provider":"CPUExecutionProvider","frames":8,"fallback":false,
         "outputs":[{"name":"heatmap","value":0.005,"tolerance":0.1,"max_abs":0.1,"mean_abs":0.001,"p99":0.005,"p99_9":0.01,"cosine":1,"sqnr_db":30,"raw_max_abs":2,"pass":true},
                    {"name":"rot","value":0.15,"tolerance":0.2,"max_abs":0.3,"mean_abs":0.01,"p99":0.15,"p99_9":0.2,"cosine":1,"sqnr_db":30,"raw_max_abs":2,"pass":true}]}
        """;

    public const string Latency = """
        {"version":1,"baseline":"fp16","candidate":"int8","models":{
         "fp16":{"median_ms":20,"mean_ms":20,"cv":0.05,"samples":100},
         "int8":{"median_ms":10,"mean_ms":10,"cv":0.05,"samples":100,"median_interval_ms":{"value":10,"low":9.9,"high":10.2}}},
         "speedup":{"value":2,"low":1.9,"high":2.1}}
        """;

    public const string Engines = """{"version":1,"engines":{"fp16":{"bytes":1000000},"int8":{"bytes":600000,"int8_time_share":0.8}}}""";

    public string Folder { get; } = Directory.CreateTempSubdirectory("gate").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public StoredResults Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(Folder, name), text);
        return this;
    }

    public StoredResults WriteAll() =>
        Write("evaluation.json", Evaluation).Write("compare.json", Comparison).Write("latency.json", Latency).Write("engine.json", Engines);
}
