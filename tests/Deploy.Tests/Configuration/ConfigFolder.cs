using Deploy.Configuration;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Configuration;

/// <summary>A temporary folder of config files.</summary>
public sealed class ConfigFolder : IDisposable
{
    /// <summary>The smallest config that loads.</summary>
    public const string Minimal = """
        checkpoint_path: model.pth
        model:
          point_cloud_range: [-51.2, -51.2, -3.0, 51.2, 51.2, 5.0]
          voxel_size: [0.4, 0.4, 8.0]
          pts_voxel_encoder: {in_channels: 4}
          pts_backbone: {out_channels: [32, 64, 128], layer_nums: [2, 3, 3], layer_strides: [1, 2, 2]}
          pts_neck: {out_channels: [64, 64, 64], upsample_strides: [0.5, 1, 2]}
          pts_bbox_head: {class_names: [car, truck], out_size_factor: 2}

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("quant-config-").FullName;

    /// <summary>The folder of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Writes a file below the folder and gives its absolute path.</summary>
    public string Write(string name, string text)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The absolute path of a name below the folder.</summary>
    public string PathOf(string name) => Path.GetFullPath(Path.Combine(folder, name));

    /// <summary>Loads a text as the file c.yaml.</summary>
    public LoadedConfig Load(string text, params string[] overrides) => ConfigLoader.Load(Write("c.yaml", text), overrides);

    /// <summary>Loads the smallest config with more lines.</summary>
    public LoadedConfig LoadMinimal(string more, params string[] overrides) => Load(Minimal + more, overrides);

    /// <summary>The errors and warnings of a config that does not load, without the folder's name.</summary>
    public IReadOnlyList<string> Problems(string text, params string[] overrides) => ProblemsOf(Write("c.yaml", text), overrides);

    /// <summary>The problems of the smallest config with more lines.</summary>
    public IReadOnlyList<string> ProblemsOfMinimal(string more, params string[] overrides) => Problems(Minimal + more, overrides);

    /// <summary>The problems of a file.</summary>
    public IReadOnlyList<string> ProblemsOf(string path, params string[] overrides)
    {
        var error = Assert.Throws<QuantException>(() => ConfigLoader.Load(path, overrides));
        return [.. error.Diagnostics.Select(item => item.ToString().Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))];
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Deploy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("no Deploy.sln above the tests");
    }
}
