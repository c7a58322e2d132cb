using Quant.Core.Native;

namespace Testing;

/// <summary>Loads libtorch before any test touches torch.</summary>
public static class TorchFixture
{
    /// <summary>The search every test process uses.</summary>
    public static LibTorchSearch Search { get; } = new(
        Environment.GetEnvironmentVariable("QUANT_LIBTORCH"),
        AppContext.BaseDirectory,
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        Path.Combine(Path.GetTempPath(), "quant-test-native"));

    /// <summary>Called by each test program's module initializer.</summary>
    public static void Load() => LibTorch.Load(Search);
}
