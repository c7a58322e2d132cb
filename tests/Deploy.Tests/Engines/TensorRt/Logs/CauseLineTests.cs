using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Tests.Engines.TensorRt.Logs;

/// <summary>Which line of a failed run is named, and which node of the graph.</summary>
public sealed class CauseLineTests
{
    [Theory]
    [InlineData("Failed to parse onnx file")]
    [InlineData("Parsing model failed")]
    [InlineData("Failed to create engine from model or file.")]
    [InlineData("Engine set up failed")]
    [InlineData("Engine could not be created from network")]
    [InlineData("Building engine failed")]
    [InlineData("Got invalid engine!")]
    [InlineData("Inference set up failed")]
    [InlineData("Error occurred during inference")]
    [InlineData("Engine deserialization failed")]
    [InlineData("Engine creation failed")]
    [InlineData("[TRT] ModelImporter.cpp:772: --- Begin node ---")]
    [InlineData("[TRT] ModelImporter.cpp:774: --- End node ---")]
    public void A_message_that_ends_every_failure_is_the_cause_only_when_there_is_no_other(string chain)
    {
        var other = Log.Failed($"[E] {chain}", "[E] words of a later version");
        var alone = Log.Failed("[I] Build", $"[E] {chain}");

        Assert.Equal(("other", 3, "words of a later version"), (other.Class, other.Line, other.Text));
        Assert.Equal(("other", 3, chain), (alone.Class, alone.Line, alone.Text));
        Assert.Contains("--verbose", alone.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_without_an_error_line_names_FAILED_and_asks_for_more()
    {
        var cause = Log.Failed("[I] Build");

        Assert.Equal(("other", 3, Log.Fail.TrimEnd()), (cause.Class, cause.Line, cause.Text));
        Assert.Contains("--verbose", cause.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_just_ends_names_its_last_words()
    {
        var cause = Log.Cut("[I] Build", "[I]  still building ", "", "  ").Cause!;

        Assert.Equal(("incomplete", 3, "still building"), (cause.Class, cause.Line, cause.Text));
        Assert.NotEmpty(cause.Advice);
    }

    [Fact]
    public void An_empty_log_names_no_line()
    {
        var cause = TrtexecLogReader.Read("").Cause!;

        Assert.Equal(("incomplete", 0, ""), (cause.Class, cause.Line, cause.Text));
    }

    [Fact]
    public void The_lines_below_an_error_belong_to_it()
    {
        var cause = Log.Failed("[E] [TRT] In function importModel:", "a", "b", "c", "d", "e", "f", "Scale coefficients must all be positive");

        Assert.Equal(("scale_not_positive", 9), (cause.Class, cause.Line));
    }

    [Fact]
    public void Up_to_three_messages_of_the_other_stream_may_stand_between()
    {
        string[] between = ["[I] one", "[I] two", "[I] three"];

        Assert.Equal("scale_not_positive", Log.Failed(["[E] In function:", .. between, "Scale coefficients must all be positive"]).Class);
        Assert.Equal("other", Log.Failed(["[E] In function:", .. between, "[I] four", "Scale coefficients must all be positive"]).Class);
    }

    [Fact]
    public void The_lines_below_another_message_are_no_errors() =>
        Assert.Equal(("other", 4), Line(Log.Failed("[I] Layer table", "Scale coefficients must all be positive", "[E] words of a later version")));

    [Fact]
    public void A_message_of_500_characters_is_whole_and_a_longer_one_is_cut()
    {
        Assert.Equal(new string('x', 500), Log.Failed($"[E] {new string('x', 500)}").Text);
        Assert.Equal(new string('x', 500) + "…", Log.Failed($"[E] {new string('x', 501)}").Text);
    }

    [Theory]
    [InlineData("Could not find any implementation for node ConvTranspose_56 + BatchNormalization_57 + Relu_58.)", "ConvTranspose_56 + BatchNormalization_57 + Relu_58")]
    [InlineData("Could not find any implementation for node {ForeignNode[/a/Mul.../b/Add]}. Try a larger workspace", "{ForeignNode[/a/Mul.../b/Add]}")]
    [InlineData("Could not find any implementation for node Conv_3", "Conv_3")]
    [InlineData("Error Code 4: API Usage Error (/backbone/Conv_3: words of a later version)", "/backbone/Conv_3")]
    [InlineData("Error Code 4: API Usage Error (Parameter check failed at: x.cpp)", null)]
    public void A_message_that_names_a_node_gives_it(string message, string? node) => Assert.Equal(node, Log.Failed($"[E] {message}").Node);

    [Theory]
    [InlineData("[E] [TRT] words of a later version")]
    [InlineData("[E] [TRT] [6] Assertion failed: scaleAllPositive")]
    public void The_node_that_the_parser_prints_is_named(string error)
    {
        var cause = Log.Failed(
            "[E] [TRT] While parsing node number 4:",
            "name: \"before\"",
            "[E] [TRT] ModelImporter.cpp:772: --- Begin node ---",
            "[E] [TRT] ModelImporter.cpp:773: input: \"x\"",
            "name: \"/head/QuantizeLinear\"",
            "attribute {",
            "  name: \"axis\"",
            "[E] [TRT] ModelImporter.cpp:774: --- End node ---",
            error);

        Assert.Equal("/head/QuantizeLinear", cause.Node);
    }

    [Fact]
    public void A_name_outside_of_Begin_and_End_is_no_node() =>
        Assert.Null(Log.Failed("[E] words", "name: \"before\"", "[E] --- Begin node ---", "op_type: \"Relu\"", "[E] --- End node ---", "name: \"after\"").Node);

    [Theory]
    [InlineData("[component_container-1] ")]
    [InlineData("trt-1  | ")]
    [InlineData("2026-07-07T02:10:45.123456789Z ")]
    [InlineData("2026-07-07T04:10:45+02:00 ")]
    [InlineData("trt-1  | 2026-07-07T02:10:45.123456Z ")]
    public void A_supervisors_prefix_hides_no_node(string prefix)
    {
        string[] lines = ["[E] --- Begin node ---", "name: \"Conv_1\"", "[E] --- End node ---"];

        Assert.Equal("Conv_1", Log.Failed([.. lines.Select(line => prefix + line)]).Node);
    }

    private static (string Class, int Line) Line(TrtexecCause cause) => (cause.Class, cause.Line);
}
