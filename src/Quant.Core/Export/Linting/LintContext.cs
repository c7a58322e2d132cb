using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Export.Linting;

/// <summary>A graph with its lookups and the findings so far.</summary>
internal sealed class LintContext
{
    private readonly DiagnosticBag bag = new();
    private readonly SourceLocation? location;

    public LintContext(ModelProto model, OnnxLintOptions options)
    {
        Model = model;
        Options = options;
        location = options.File is null ? null : new SourceLocation(options.File);
        Graph = model.Graph ?? new GraphProto();
        Opset = model.OpsetImport.Where(item => item.Domain is "" or "ai.onnx").Select(item => item.Version).DefaultIfEmpty(0).Max();
        foreach (var tensor in Graph.Initializer)
        {
            Constants.TryAdd(tensor.Name, tensor);
        }

        foreach (var node in Graph.Node)
        {
            foreach (var output in node.Output.Where(name => name.Length > 0))
            {
                Producers.TryAdd(output, node);
            }

            foreach (var input in node.Input.Where(name => name.Length > 0).Distinct())
            {
                Readers.TryAdd(input, []);
                Readers[input].Add(node);
            }

            if (node is { OpType: "Constant", Output.Count: > 0 } && node.Attribute.FirstOrDefault(item => item.Name == "value")?.T is { } value)
            {
                Constants.TryAdd(node.Output[0], value);
            }
        }

        Facts = TensorFacts.Infer(this);
    }

    public ModelProto Model { get; }

    public OnnxLintOptions Options { get; }

    public GraphProto Graph { get; }

    public long Opset { get; }

    public bool TensorRt => Options.Profile == OnnxLintProfile.TensorRt;

    /// <summary>Initializers and values of Constant nodes.</summary>
    public Dictionary<string, TensorProto> Constants { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, NodeProto> Producers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, List<NodeProto>> Readers { get; } = new(StringComparer.Ordinal);

    /// <summary>What is known of each tensor's type and shape.</summary>
    public IReadOnlyDictionary<string, TensorFacts> Facts { get; }

    public IReadOnlyList<Diagnostic> Findings => bag.Items;

    public IEnumerable<NodeProto> Nodes(params string[] opTypes) =>
        Graph.Node.Where(node => node.Domain is "" or "ai.onnx" && opTypes.Contains(node.OpType));

    /// <summary>The node that writes an input, or null for graph inputs, constants, absent inputs.</summary>
    public NodeProto? Producer(NodeProto node, int input) => Producers.GetValueOrDefault(Name(node, input));

    public TensorProto? Constant(NodeProto node, int input) => Constants.GetValueOrDefault(Name(node, input));

    public TensorFacts Fact(NodeProto node, int input) => Facts.GetValueOrDefault(Name(node, input)) ?? TensorFacts.Unknown;

    public IReadOnlyList<NodeProto> ReadersOf(string tensor) => Readers.TryGetValue(tensor, out var readers) ? readers : [];

    public static string Name(NodeProto node, int input) => input < node.Input.Count ? node.Input[input] : "";

    public static AttributeProto? Attribute(NodeProto node, string name) => node.Attribute.FirstOrDefault(item => item.Name == name);

    public static long Int(NodeProto node, string name, long otherwise) => Attribute(node, name) is { HasI: true } attribute ? attribute.I : otherwise;

    public void Error(string code, NodeProto node, string text) => bag.Error(code, $"{Label(node)} {text}", location);

    public void Warning(string code, NodeProto node, string text) => bag.Warning(code, $"{Label(node)} {text}", location);

    public void Error(string code, string text) => bag.Error(code, text, location);

    public void Warning(string code, string text) => bag.Warning(code, text, location);

    public static string Label(NodeProto node) => $"node '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "")}' ({node.OpType})";
}
