using System.Runtime.CompilerServices;
using Testing;

namespace Quant.Core.Tests;

internal static class LoadTorch
{
    [ModuleInitializer]
    internal static void Run() => TorchFixture.Load();
}
