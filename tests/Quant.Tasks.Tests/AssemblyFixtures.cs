using Quant.Tasks.Tests.Consumers;

[assembly: AssemblyFixture(typeof(PackageFeed))]
