using CsCheck;
using Deploy.Engines.TensorRt.Exports;
using Quant.Core.Diagnostics;
using Testing;

namespace Deploy.Tests.Engines.TensorRt.Exports;

public sealed class ExportTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""conv "one" of {two}""")]
    [InlineData("""ends in a backslash \""")]
    [InlineData("""C:\new\table\u12""")]
    [InlineData("""tab	and "quote", inside""")]
    [InlineData("""{ForeignNode["a", ..."b"]}""")]
    [InlineData("plain")]
    public void A_name_that_trtexec_did_not_escape_is_read(string name)
    {
        var profile = LayerProfile.Read(File($$"""
            [
              { "count" : 7 }
            , { "name" : "{{name}}", "timeMs" : 14, "averageMs" : 2, "medianMs" : 1.5, "percentage" : 50 }
            , { "name" : "next", "timeMs" : 14, "averageMs" : 2, "percentage" : 50 }
            ]
            """));

        Assert.Equal(7, profile.Queries);
        Assert.Equal([new LayerTime(name, 2, 1.5, 14), new LayerTime("next", 2, null, 14)], profile.Layers);
    }

    [Fact]
    public void Layer_information_of_version_10_is_read()
    {
        var info = LayerInfo.Read(File("""
            {"Layers": [{
              "Name": "w + QuantizeLinear_3 + Conv_5 + Relu_6", "LayerType": "CaskConvolution",
              "Inputs": [{"Name": "a", "Location": "Device", "Dimensions": [1,32,4,4], "Format/Datatype": "Thirty-two wide channel vectorized row major Int8 format"}],
              "Outputs": [{"Name": "b", "Dimensions": [1,32,4,4], "Format/Datatype": "Channel major FP16 format where channel % 8 == 0"}],
              "Weights": {"Type": "Int8", "Count": 9216}, "TacticName": "sm80_imma", "Metadata": "[ONNX Layer: Conv_5][ONNX Layer: Relu_6]"
            }],
            "Bindings": ["a"
            ,"b"
            ]}
            """));

        var layer = Assert.Single(info.Layers);
        Assert.Equal(("INT8", "FP16", "INT8"), (layer.Inputs[0].Type, layer.Outputs[0].Type, layer.WeightType));
        Assert.Equal(["Conv_5", "Relu_6"], layer.OnnxNodes);
        Assert.Equal(["a", "b"], info.Bindings);
        Assert.True(info.IsDetailed);
    }

    [Fact]
    public void Layer_information_of_version_11_has_type_and_format_apart()
    {
        var info = LayerInfo.Read(File("""
            {"Layers": [{"Name": "c", "LayerType": "gemm", "Inputs": [{"Name": "a", "Format": "Row major linear", "Datatype": "Int8"}], "Outputs": [{"Name": "b", "Format": "Row major linear", "Datatype": "BFloat16"}]}],
             "I/O Tensors": [{"Name": "a"}, {"Name": "b"}]}
            """));

        Assert.Equal(("INT8", "BF16"), (info.Layers[0].Inputs[0].Type, info.Layers[0].Outputs[0].Type));
        Assert.Equal(["a", "b"], info.Bindings);
    }

    [Fact]
    public void Layer_information_may_hold_names_only()
    {
        var info = LayerInfo.Read(File("""{"Layers": ["conv1", "Reformatting CopyNode for Input Tensor 0 to conv2"], "Bindings": ["a"]}"""));

        Assert.Equal(["conv1", "Reformatting CopyNode for Input Tensor 0 to conv2"], info.Layers.Select(layer => layer.Name));
        Assert.False(info.IsDetailed);
    }

    [Theory]
    [InlineData("Row major linear FP32", "FP32")]
    [InlineData("Four wide channel vectorized row major Int8 format", "INT8")]
    [InlineData("Half", "FP16")]
    [InlineData("Float", "FP32")]
    [InlineData("Int32", "INT32")]
    [InlineData("FP8", "FP8")]
    [InlineData("something new", "")]
    public void A_type_is_found_in_its_wording(string format, string type) => Assert.Equal(type, LayerInfo.TypeOf(format));

    [Fact]
    public void Times_are_read_and_joined()
    {
        var times = QueryTimes.Read(File("""
            [
              { "startEnqMs" : 1, "h2dMs" : 0.1, "computeMs" : 2.5, "d2hMs" : 0.2, "latencyMs" : 2.8, "endToEndMs" : 3 }
            , { "startEnqMs" : 4, "computeMs" : 1e-05, "latencyMs" : 3 }
            ]
            """));

        Assert.Equal([2.5, 1e-5], times.ComputeMs);
        Assert.Equal([2.8, 3.0, 2.8, 3.0], times.With(times).LatencyMs);
        Assert.Empty(QueryTimes.Read(File("[\n]")).ComputeMs);
    }

    [Fact]
    public void Outputs_are_read_with_values_that_are_no_numbers()
    {
        var outputs = ExportedOutputs.Read(File("""
            [
              { "name" : "heatmap"
              , "dimensions" : "1x2x3"
              , "values" : [ 0.5, -nan, inf, -inf, 1e-05, 3 ]
              }
            , { "name" : "z"
              , "dimensions" : "1"
              , "values" : [ 3 ]
              }
            ]
            """));

        Assert.Equal([1, 2, 3], outputs["heatmap"].Shape);
        Assert.Equal([0.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-5f, 3f], outputs["heatmap"].Values);
        Assert.Equal([3f], outputs["z"].Values);
    }

    [Theory]
    [InlineData("""[{"name":"y","dimensions":"1x3","values":[1,2]}]""", "has 2 values")]
    [InlineData("""[{"name":"y","dimensions":"1xq","values":[1]}]""", "the dimensions '1xq'")]
    [InlineData("""[{"name":"y","dimensions":"1","values":["no"]}]""", "no number")]
    [InlineData("""[{"name":"y","dimensions":"1x""", "cut off")]
    [InlineData("", "cut off")]
    [InlineData("{}", "--exportOutput")]
    public void Outputs_that_are_not_whole_are_refused(string text, string told)
    {
        var error = Assert.Throws<QuantException>(() => ExportedOutputs.Read(File(text)));

        Assert.Equal("QNT0505", error.Code);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"computeMs":-1,"latencyMs":1}]""")]
    [InlineData("""[{"latencyMs":1}]""")]
    [InlineData("""[{"computeMs":nan,"latencyMs":1}]""")]
    public void Times_that_cannot_be_are_refused(string text) => Assert.Equal("QNT0505", Assert.Throws<QuantException>(() => QueryTimes.Read(File(text))).Code);

    [Fact]
    public void A_missing_file_is_refused() => Assert.Equal("QNT0505", Assert.Throws<QuantException>(() => LayerInfo.Read(folder.File("nowhere"))).Code);

    [Fact]
    public void Any_text_is_read_or_refused_with_a_code()
    {
        const string Whole = """{"Layers": [{"Name": "a "b" \ c", "Inputs": [{"Name": "x", "Format": "Int8"}]}, "n"], "Bindings": ["x"]}""";
        Gen.Select(Gen.Int[0, Whole.Length], Gen.Int[0, Whole.Length], Gen.String[0, 4]).Sample((from, to, noise) =>
        {
            var text = Whole[..Math.Min(from, to)] + noise + Whole[Math.Max(from, to)..];
            try
            {
                LayerInfo.Read(File(text, Guid.NewGuid().ToString("N")));
            }
            catch (QuantException error)
            {
                Assert.Equal("QNT0505", error.Code);
            }
        }, iter: 500);
    }

    private string File(string text, string name = "file.json")
    {
        System.IO.File.WriteAllText(folder.File(name), text);
        return folder.File(name);
    }
}
