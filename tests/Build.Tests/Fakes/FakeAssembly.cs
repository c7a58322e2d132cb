using System.Reflection;

namespace Build.Tests.Fakes;

/// <summary>An assembly that exports the given types and nothing else.</summary>
internal sealed class FakeAssembly(params Type[] types) : Assembly
{
    public override Type[] GetExportedTypes() => types;
}
