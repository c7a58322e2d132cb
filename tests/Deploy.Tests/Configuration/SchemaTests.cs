using Deploy.Configuration;
using Testing;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class SchemaTests
{
    private static readonly string SchemaPath = Path.Combine(ConfigFolder.Repository, "deploy_configs", "schema", "deploy.schema.json");

    public static TheoryData<string> Shipped() =>
        [.. Directory.GetFiles(Path.Combine(ConfigFolder.Repository, "deploy_configs"), "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(ConfigFolder.Repository, path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_schema_in_the_repository_is_the_generated_one()
    {
        Golden.Match(SchemaPath, ConfigSchema.Generate());
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task Every_shipped_file_follows_the_schema(string name)
    {
        var errors = await Validate(File.ReadAllText(Path.Combine(ConfigFolder.Repository, name)));

        Assert.Empty(errors);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_shipped_file_names_the_schema_in_its_first_line(string name)
    {
        var path = Path.Combine(ConfigFolder.Repository, name);
        var line = File.ReadLines(path).First();

        Assert.StartsWith("# yaml-language-server: $schema=", line, StringComparison.Ordinal);
        Assert.Equal(SchemaPath, Path.GetFullPath(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..], Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData("sed: 1")]
    [InlineData("seed: -1")]
    [InlineData("seed: text")]
    [InlineData("device: gpu")]
    [InlineData("gates: {map_drop_max: 2}")]
    [InlineData("gates: {map_drop: 0.1}")]
    [InlineData("model: {voxel_size: [0.4, 0.4]}")]
    [InlineData("model: {pts_voxel_encoder: {with_distance: true}}")]
    [InlineData("model: {pts_bbox_head: {bbox_coder: {nothing: 1}}}")]
    [InlineData("model: {test_cfg: {pts: {nms_type: soft}}}")]
    [InlineData("onnx_config: {opset_version: newest}")]
    [InlineData("dataset: {validation: {rot: x}}")]
    [InlineData("evaluation: {class_ranges: kitti}")]
    [InlineData("components: {pts_voxel_encoder: {onnx_file: a/b.onnx}}")]
    public async Task The_schema_refuses_what_the_loader_refuses(string yaml)
    {
        using var folder = new ConfigFolder();

        Assert.NotEmpty(await Validate(yaml));
        Assert.NotEmpty(folder.Problems(yaml));
    }

    [Theory]
    [InlineData("model: {max_voxels: [1, 2], test_cfg: {min_radius: 1.0, pts: {max_num: 3}}}")]
    [InlineData("model: {data_preprocessor: {voxel: True, voxel_layer: {max_num_points: 3}}}")]
    [InlineData("model: {pts_bbox_head: {common_heads: {reg: [2, 2]}, tasks: [{num_class: 1, class_names: [a]}]}}")]
    [InlineData("dataset: {use_dim: [0, 1, 2], validation: null}")]
    [InlineData("onnx_config: {opset_version: auto}")]
    [InlineData("quantization: {input_scaling: true, equalization: {alpha: 0.5, _delete_: true}}")]
    [InlineData("evaluation: {class_ranges: nuscenes}\ntrain_cfg: {max_epochs: 1}")]
    public async Task The_schema_allows_the_second_forms(string yaml)
    {
        Assert.Empty(await Validate(yaml));
    }

    private static async Task<IReadOnlyList<string>> Validate(string yaml)
    {
        var schema = await NJsonSchema.JsonSchema.FromJsonAsync(ConfigSchema.Generate(), TestContext.Current.CancellationToken);
        return [.. schema.Validate(YamlAsJson.Convert(yaml)).Select(error => error.ToString())];
    }
}
