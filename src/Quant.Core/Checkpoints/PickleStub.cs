namespace Quant.Core.Checkpoints;

/// <summary>
/// An object of a known but irrelevant class, kept as plain data: nothing of the class is executed. A class or function itself,
/// such as <c>torch.float32</c>, is a stub without arguments.
/// </summary>
public sealed class PickleStub
{
    private PickleDict? entries;
    private PickleList? elements;

    internal PickleStub(string typeName, IReadOnlyList<object?> arguments)
    {
        TypeName = typeName;
        Arguments = arguments;
    }

    internal PickleStub(string typeName, Func<PickleCall, object?> construct)
        : this(typeName, []) => Construct = construct;

    /// <summary>Module and name with dots, such as <c>mmengine.config.config.ConfigDict</c>.</summary>
    public string TypeName { get; }

    /// <summary>What the object was constructed with.</summary>
    public IReadOnlyList<object?> Arguments { get; }

    /// <summary>What its state was set to, usually a dict; null when it was not set.</summary>
    public object? State { get; internal set; }

    /// <summary>Its items when the class is a dict.</summary>
    public PickleDict Entries => entries ??= new PickleDict();

    /// <summary>Its elements when the class is a list.</summary>
    public PickleList Elements => elements ??= new PickleList();

    /// <summary>For a class or function of the allow-list: what calling it stands for. Null for an object.</summary>
    internal Func<PickleCall, object?>? Construct { get; }

    /// <inheritdoc/>
    public override string ToString() => TypeName;
}
