using System.Text.Json;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Testing;

namespace Deploy.Tests.Pipeline;

/// <summary>The whole job with the outputs as Autoware decodes them, which all shipped AWML configs ask for.</summary>
public sealed class AutowareFormTests
{
    [Fact]
    public void Every_engine_finds_the_same_objects_in_autowares_output_form()
    {
        using var work = new TempFolder();

        var run = DeployRunner.Run(["run", .. DeployRunner.QuickSample(work.Path, "--set", "onnx_config.rot_y_axis_reference=true", "--set", "quantization.quantize=[pts_voxel_encoder,pts_backbone,pts_neck,pts_bbox_head]", "--to", "evaluate")]);

        Assert.True(run.ExitCode == 0, run.Error);
        var maps = JsonFile.Read<JsonElement>(work.File("evaluation.json")).GetProperty("models").EnumerateObject().ToDictionary(model => model.Name, model => model.Value.GetProperty("mAP").GetDouble());
        Assert.Equal(["fp16", "fp32", "int8", "int8_cpu"], maps.Keys.Order());
        Assert.All(maps.Values, map => Assert.Equal(maps["fp32"], map, 0.05));
    }
}
