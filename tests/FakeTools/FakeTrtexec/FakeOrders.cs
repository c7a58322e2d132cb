using System.Text.Json;

namespace FakeTools.FakeTrtexec;

/// <summary>
/// How the fake behaves: a JSON file named by the variable FAKE_TRTEXEC. A build and a run of an engine can behave differently.
/// </summary>
internal sealed record FakeOrders
{
    /// <summary>The version it plays, such as <c>10.3.0</c>.</summary>
    public string Version { get; init; } = "10.3.0";

    /// <summary>What a call with --onnx does.</summary>
    public FakeBehaviour Build { get; init; } = new();

    /// <summary>What a call with --loadEngine does.</summary>
    public FakeBehaviour Run { get; init; } = new();

    /// <summary>File that receives one JSON line for each call: the arguments.</summary>
    public string? Calls { get; init; }

    /// <summary>File with the text of --exportLayerInfo, instead of the fake's own.</summary>
    public string? LayerInfo { get; init; }

    /// <summary>File with the text of --exportProfile.</summary>
    public string? Profile { get; init; }

    /// <summary>File with the text of --exportOutput.</summary>
    public string? Output { get; init; }

    /// <summary>True: the engine holds its ONNX file, and its outputs are ONNX Runtime's for the inputs given.</summary>
    public bool Computes { get; init; }

    public static FakeOrders Read()
    {
        var path = Environment.GetEnvironmentVariable("FAKE_TRTEXEC");
        return path is null ? new FakeOrders() : JsonSerializer.Deserialize<FakeOrders>(File.ReadAllText(path), JsonSerializerOptions.Web)!;
    }
}
