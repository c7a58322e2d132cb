using Cake.Core;

namespace Cake.Frosting;

/// <summary>The base of what runs once before the first task.</summary>
/// <typeparam name="T">The build's context type.</typeparam>
public abstract class FrostingSetup<T> : IFrostingSetup
    where T : ICakeContext
{
    /// <inheritdoc cref="IFrostingSetup.Setup"/>
    public abstract void Setup(T context, ISetupContext info);

    void IFrostingSetup.Setup(ICakeContext context, ISetupContext info) => Setup((T)context, info);
}
