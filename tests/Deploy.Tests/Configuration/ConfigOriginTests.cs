using Deploy.Configuration;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class ConfigOriginTests : IDisposable
{
    private readonly ConfigFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_value_says_where_it_comes_from()
    {
        folder.Write("base.yaml", ConfigFolder.Minimal + "gates: {map_drop_max: 0.02}\n");
        var rows = ConfigOrigin.List(folder.Load("_base_: base.yaml\nverification: {tolerances: {rot: 0.2}}\n", "seed=4"))
            .ToDictionary(row => row.Key, row => (row.Value, Origin: row.Origin.Replace(folder.PathOf("c.yaml")[..^6], "", StringComparison.Ordinal)));

        Assert.Equal(("0.02", "base.yaml(9,23)"), rows["gates.map_drop_max"]);
        Assert.Equal(("0.01", "default"), rows["gates.nds_drop_max"]);
        Assert.Equal(("4", "<command line>"), rows["seed"]);
        Assert.Equal(("0.2", "c.yaml(2,34)"), rows["verification.tolerances.rot"]);
        Assert.Equal(("auto", "default"), rows["onnx_config.opset_version"]);
        Assert.Equal(("null", "default"), rows["backend_config.trtexec"]);
        Assert.Equal(("[[car, truck]]", "base.yaml(8,32)"), rows["model.pts_bbox_head.tasks"]);
        Assert.Equal(("[pts_backbone, pts_neck, pts_bbox_head]", "default"), rows["quantization.quantize"]);
        Assert.Equal(("{}", "default"), rows["gates.ap_drop_max"]);
    }

    [Fact]
    public void The_listed_values_load_again_to_the_same_list()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(ConfigFolder.Repository, "deploy_configs"), "*.yaml"))
        {
            var first = ConfigOrigin.List(ConfigLoader.Load(path, []));
            var again = folder.Load("{}", [.. first.Where(row => row.Value != "null" || row.Key.StartsWith("gates.", StringComparison.Ordinal)).Select(row => $"{row.Key}={row.Value}")]);

            Assert.Equal(first.Select(row => (row.Key, row.Value)), ConfigOrigin.List(again).Select(row => (row.Key, row.Value)));
        }
    }
}
