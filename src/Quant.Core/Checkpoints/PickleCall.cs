using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>A call in a pickle to a class or function of the allow-list.</summary>
internal sealed class PickleCall(PickleStub function, IReadOnlyList<object?> arguments, PickleMachine machine)
{
    public PickleStub Function => function;

    public IReadOnlyList<object?> Arguments => arguments;

    public int Count => arguments.Count;

    public PickleErrors Errors => machine.Errors;

    public object? this[int index] => index < arguments.Count ? arguments[index] : null;

    /// <summary>An argument of a certain type.</summary>
    public T Get<T>(int index) => this[index] is T value
        ? value
        : throw Invalid($"argument {index + 1} is {PickleErrors.Describe(this[index])} and should be {typeof(T).Name}");

    /// <summary>The same arguments for another function.</summary>
    public object? Redirect(PickleStub target, IReadOnlyList<object?> targetArguments) =>
        target.Construct!(new PickleCall(target, targetArguments, machine));

    /// <summary>Counts memory that a call takes without bytes of its own in the file.</summary>
    public void Charge(long bytes) => machine.Charge(bytes);

    public QuantException Invalid(string problem) => machine.Invalid($"{function.TypeName}: {problem}");
}
