using System.Runtime.InteropServices;
using Quant.Core.Diagnostics;
using Quant.Core.Native;
using Testing;
using TorchSharp;

namespace Quant.Core.Tests.Native;

public sealed class LibTorchTests
{
    private static string RealLibrary =>
        TorchFixture.Search.TorchSharpFolders().Select(folder => Path.Combine(folder, "libLibTorchSharp.so")).First(File.Exists);

    [Fact]
    public void Torch_computes_after_loading()
    {
        using var sum = torch.ones(3).sum();

        Assert.Equal(3f, sum.ToSingle());
    }

    [Fact]
    public void Threads_of_libtorch_do_not_spin_long_unless_the_environment_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "GNU OpenMP is Linux' runtime");
        var wanted = Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") ?? (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null ? "3000" : null);

        Assert.Equal(wanted, Marshal.PtrToStringUTF8(ReadEnvironment("GOMP_SPINCOUNT")));
    }

    [DllImport("libc", EntryPoint = "getenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern nint ReadEnvironment(string name);

    [Fact]
    public void The_real_library_has_one_reference_and_marking_twice_changes_nothing_more()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the marker exists on Linux only");
        var bytes = File.ReadAllBytes(RealLibrary);

        Assert.Equal(1, WeakVersionReference.Mark(bytes, "GLIBCXX_3.4.32"));
        Assert.Equal(0, WeakVersionReference.Mark(bytes, "GLIBCXX_3.4.32"));
    }

    [Fact]
    public void Only_two_bytes_of_flags_change()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the marker exists on Linux only");
        var before = File.ReadAllBytes(RealLibrary);
        var after = (byte[])before.Clone();

        WeakVersionReference.Mark(after, "GLIBCXX_3.4.32");

        Assert.Equal(1, before.Zip(after).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public void A_library_without_the_entry_is_used_as_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the marker exists on Linux only");
        var other = Path.Combine(LibTorch.Find(TorchFixture.Search), "libc10.so");
        using var cache = new TempFolder();

        Assert.Equal(other, LibTorch.Adapt(other, cache.Path));
        Assert.Empty(Directory.GetFiles(cache.Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(4096)]
    public void A_damaged_library_is_refused(int length)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the marker exists on Linux only");
        var bytes = File.ReadAllBytes(RealLibrary)[..length];

        Assert.Throws<InvalidDataException>(() => WeakVersionReference.Mark(bytes, "GLIBCXX_3.4.32"));
    }

    [Fact]
    public async Task Many_at_once_leave_one_copy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the marker exists on Linux only");
        using var cache = new TempFolder();

        var copies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => LibTorch.Adapt(RealLibrary, cache.Path))));

        Assert.Single(copies.Distinct());
        Assert.Equal(copies[0], Assert.Single(Directory.GetFiles(cache.Path)));
        Assert.Equal(0, WeakVersionReference.Mark(File.ReadAllBytes(copies[0]), "GLIBCXX_3.4.32"));
    }

    [Fact]
    public void A_missing_libtorch_names_the_places_and_the_command()
    {
        using var empty = new TempFolder();

        var error = Assert.Throws<QuantException>(() => LibTorch.Find(new LibTorchSearch(null, empty.Path, empty.Path, empty.Path)));

        Assert.Equal("QNT0901", error.Code);
        Assert.Contains("doctor --fix", error.Message, StringComparison.Ordinal);
        Assert.Contains(empty.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_explicit_folder_is_the_only_one_tried()
    {
        using var empty = new TempFolder();

        var error = Assert.Throws<QuantException>(() => LibTorch.Find(TorchFixture.Search with { Explicit = empty.Path }));

        Assert.Equal("QNT0901", error.Code);
    }
}
