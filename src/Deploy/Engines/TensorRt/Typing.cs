namespace Deploy.Engines.TensorRt;

/// <summary>Who decides a layer's precision.</summary>
public enum Typing
{
    /// <summary>Flags such as <c>--fp16</c> allow precisions; the builder picks.</summary>
    Weak,

    /// <summary>As <see cref="Weak"/>, and <c>--stronglyTyped</c> takes every type from the graph.</summary>
    Both,

    /// <summary>Every type comes from the graph; there are no precision flags.</summary>
    Strong,
}
