using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Testing;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>Where data sets lie on disk.</summary>
public sealed class FolderAndLayoutTests
{
    [Fact]
    public void A_plain_folder_is_read_in_ordinal_order_without_labels()
    {
        using var folder = new TempFolder();
        foreach (var name in new[] { "b.bin", "a10.pcd.bin", "a9.bin", "B.bin" })
        {
            File.WriteAllBytes(folder.File(name), new byte[20]);
        }

        File.WriteAllText(folder.File("notes.txt"), "no points");
        var source = FrameSources.Open(Folder(folder.Path));
        Assert.Equal(["B.bin", "a10.pcd.bin", "a9.bin", "b.bin"], Enumerable.Range(0, 4).Select(i => source.Load(i).Token));
        Assert.False(source.HasLabels);
        Assert.Null(source.PoseOf(0));
        Assert.Equal(2, FrameSources.Open(Folder(folder.Path) with { NumFrames = 2 }).Count);
    }

    [Fact]
    public void Frames_of_a_folder_are_padded_with_themselves()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("a.bin"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([5, 0, 1, 9, 2]).ToArray());
        Assert.Equal([5, 0, 1, 0, 5, 0, 1, 0], FrameSources.Open(Folder(folder.Path) with { SweepsNum = 1 }).Load(0).Points.Values);
    }

    [Fact]
    public void An_empty_folder_and_an_unknown_type_are_errors()
    {
        using var folder = new TempFolder();
        Assert.Equal(DiagnosticCodes.DatasetEmpty, Assert.Throws<QuantException>(() => FrameSources.Open(Folder(folder.Path))).Code);
        Assert.Equal(DiagnosticCodes.DatasetOptionsInvalid, Assert.Throws<QuantException>(() => FrameSources.Open(Folder(folder.Path) with { Type = "waymo" })).Code);
        Assert.Equal(DiagnosticCodes.DatasetTableMissing, Assert.Throws<QuantException>(() => FrameSources.Open(Folder(folder.Path) with { Type = "t4" })).Code);
        Assert.Equal(DiagnosticCodes.DatasetTableMissing, Assert.Throws<QuantException>(() => FrameSources.Open(Folder(folder.Path) with { Type = "nuscenes" })).Code);
    }

    [Fact]
    public void A_folder_of_t4_sets_is_one_set_and_of_versions_the_highest_is_read()
    {
        using var folder = new TempFolder();
        foreach (var path in new[] { "scene_b/2", "scene_b/10", "scene_a" })
        {
            using var tables = new TinyTables();
            foreach (var token in new[] { "s0", "s1" })
            {
                tables.Tables["sample"].Single(row => (string?)row["token"] == token)["comment"] = path;
            }

            tables.Write();
            Copy(tables.Root, folder.File(path));
        }

        var source = FrameSources.Open(Folder(folder.Path) with { Type = "t4" });
        Assert.Equal(["scene_a", "scene_a", "scene_b/10", "scene_b/10"], source.Files.Select(file => Path.GetRelativePath(folder.Path, file).Split("/data/")[0]));
        var first3 = FrameSources.Open(Folder(folder.Path) with { Type = "t4", NumFrames = 3 });
        Assert.Equal(3, first3.Count);
        Assert.Empty(first3.Notes);
        Assert.Equal(DiagnosticCodes.DatasetFramesFewer, Assert.Single(FrameSources.Open(Folder(folder.Path) with { Type = "t4", NumFrames = 5 }).Notes).Code);
    }

    [Fact]
    public void Nuscenes_tables_are_found_in_the_only_release_or_chosen_by_version()
    {
        using var tables = new TinyTables().Write();
        Directory.Move(Path.Combine(tables.Root, "annotation"), Path.Combine(tables.Root, "v1.0-mini"));
        Assert.Equal(2, tables.Open(options => options with { Type = "nuscenes" }).Count);
        Directory.CreateDirectory(Path.Combine(tables.Root, "v1.0-test"));
        var failure = Assert.Throws<QuantException>(() => tables.Open(options => options with { Type = "nuscenes" }));
        Assert.Contains("v1.0-mini, v1.0-test", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, tables.Open(options => options with { Type = "nuscenes", Version = "v1.0-mini" }).Count);
        Assert.Equal(DiagnosticCodes.DatasetTableMissing, Assert.Throws<QuantException>(() => tables.Open(options => options with { Type = "nuscenes", Version = "v1.0-x" })).Code);
    }

    private static DatasetOptions Folder(string root) => new() { Type = "folder", Root = root, ClassNames = ["car", "truck", "bus", "bicycle", "pedestrian"] };

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
