using Cake.Core;

namespace Cake.Frosting;

/// <summary>The base of a build's own context.</summary>
/// <param name="context">Cake's context, which this one hands on.</param>
public class FrostingContext(ICakeContext context) : CakeContextAdapter(context), IFrostingContext;
