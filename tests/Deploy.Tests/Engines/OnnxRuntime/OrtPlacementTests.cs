using System.Text;
using Deploy.Engines.OnnxRuntime;
using Deploy.Tests.Engines.TensorRt;
using Microsoft.ML.OnnxRuntime;
using Testing;

namespace Deploy.Tests.Engines.OnnxRuntime;

public sealed class OrtPlacementTests
{
    [Fact]
    public void Every_node_is_counted_where_it_ran_and_once()
    {
        const string Profile = """
            [{"cat":"Session","name":"model_loading","args":{}},
             {"cat":"Node","name":"a_fence_before","args":{"op_name":"Conv"}},
             {"cat":"Node","name":"a_kernel_time","args":{"op_name":"Conv","provider":"CUDAExecutionProvider","node_index":"0"}},
             {"cat":"Node","name":"a_kernel_time","args":{"op_name":"Conv","provider":"CUDAExecutionProvider","node_index":"0"}},
             {"cat":"Node","name":"b_kernel_time","args":{"op_name":"Shape","provider":"CPUExecutionProvider","node_index":"1"}},
             {"cat":"Node","name":"c_kernel_time","args":{"op_name":"Relu","provider":"CUDAExecutionProvider","node_index":"2"}}]
            """;

        var placement = OrtPlacement.Read(new MemoryStream(Encoding.UTF8.GetBytes(Profile)));

        Assert.Equal("CUDAExecutionProvider (1 of 3 nodes on CPUExecutionProvider)", placement.ToString());
        Assert.Equal("CUDAExecutionProvider (2 of 6 nodes on CPUExecutionProvider)", placement.With(placement).ToString());
        Assert.Equal("CPUExecutionProvider", OrtPlacement.Cpu.With(OrtPlacement.Cpu).ToString());
    }

    [Fact]
    public void A_real_session_tells_its_nodes_and_leaves_no_profile_behind()
    {
        using var folder = new TempFolder();
        var model = Graphs.Write(folder.File("m.onnx"), quantized: true, shape: [1, 2]);
        var before = Directory.GetFiles(Path.GetTempPath(), "deploy-*.json").Length;
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        OrtPlacement.Record(options);
        using var session = new InferenceSession(model, options);

        using (var run = new RunOptions())
        using (var input = OrtValue.CreateTensorValueFromMemory(new float[2], [1, 2]))
        {
            session.Run(run, ["x"], [input], ["y"]).Dispose();
        }

        var placement = OrtPlacement.Of(session);

        Assert.Equal(["CPUExecutionProvider"], placement.Nodes.Keys);
        Assert.Equal(3, placement.Nodes.Values.Sum());
        Assert.Equal(before, Directory.GetFiles(Path.GetTempPath(), "deploy-*.json").Length);
    }
}
