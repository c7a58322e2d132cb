using System.Runtime.CompilerServices;
using Testing;

namespace Deploy.Tests;

internal static class LoadTorch
{
    [ModuleInitializer]
    internal static void Run() => TorchFixture.Load();
}
