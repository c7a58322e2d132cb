namespace Deploy.Tests.Faults;

/// <summary>One undisturbed run for all of them; one after the other, since some change what belongs to the process.</summary>
[CollectionDefinition("faults")]
public sealed class FaultCollection : ICollectionFixture<SmallJob>;
