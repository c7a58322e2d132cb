namespace Cake.Frosting;

/// <summary>Runs before and after a build.</summary>
public interface IFrostingLifetime : IFrostingSetup, IFrostingTeardown;
