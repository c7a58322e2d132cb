using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Quant.Tasks.Tests.Consumers;
using Testing;

namespace Quant.Tasks.Tests.Tasks;

/// <summary>Tasks in process with a recording engine and the fake worker.</summary>
public sealed class PipelineTaskTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly RecordingEngine engine = new();

    public static TheoryData<PipelineTask, string> Stages() => new()
    {
        { new QuantizeCheckpoint(), "correct" },
        { new ExportQdqOnnx(), "export" },
        { new CompareOnnxOutputs(), "compare" },
        { new BuildTensorRtEngine(), "engine" },
        { new CheckQuantGates(), "report" },
    };

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_task_runs_the_pipeline_to_its_stage(PipelineTask task, string stage)
    {
        Prepare(task, "name: a");

        Assert.True(task.Execute());

        Assert.Equal($"a b.yaml {stage}\n", File.ReadAllText(folder.File("calls.log")));
        Assert.Contains(task.OutputFiles, item => item.ItemSpec.StartsWith(folder.File("work"), StringComparison.Ordinal));
        Assert.True(File.Exists(folder.File("result.json")) && !File.Exists(folder.File("result.json.new")));
        Assert.Contains(engine.Messages, message => message.Message!.Contains($" run --to {stage} --request ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_diagnostic_keeps_place_code_and_text()
    {
        var task = Prepare(new ExportQdqOnnx(), "# fake: diagnostic export error QNT0407 7 12 opset {1} 50% at C:\\x\n# fake: diagnostic export warning QNT0433 0 0 slow");

        Assert.False(task.Execute());

        var error = Assert.Single(engine.Errors);
        Assert.Equal(("a b.yaml", 7, 12, "QNT0407", "opset {1} 50% at C:\\x"), (error.File, error.LineNumber, error.ColumnNumber, error.Code, error.Message));
        Assert.Equal("QNT0433", Assert.Single(engine.Warnings).Code);
        Assert.False(File.Exists(folder.File("result.json")));
    }

    [Fact]
    public void A_failure_forgets_an_earlier_success()
    {
        File.WriteAllText(folder.File("result.json"), "old");
        var task = Prepare(new ExportQdqOnnx(), "# fake: crash export");

        Assert.False(task.Execute());

        Assert.Equal("QNT0932", Assert.Single(engine.Errors).Code);
        Assert.False(File.Exists(folder.File("result.json")));
    }

    [Fact]
    public void Reports_are_named_and_copied()
    {
        var task = Prepare(new CheckQuantGates { ReportFolder = folder.File("reports") }, "name: a");

        Assert.True(task.Execute());

        Assert.Equal(["a.gate.json", "a.junit.xml", "a.report.md"], task.Reports.Select(item => Path.GetFileName(item.ItemSpec)));
        Assert.All(task.Reports, item => Assert.True(File.Exists(item.ItemSpec)));
    }

    [Fact]
    public void An_unknown_word_for_inconclusive_is_refused()
    {
        var task = Prepare(new CheckQuantGates { Inconclusive = "maybe" }, "name: a");

        Assert.False(task.Execute());
        Assert.Contains("QuantInconclusiveGate is 'maybe'", engine.Errors[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a;b")]
    public void A_name_that_cannot_be_a_folder_is_refused(string name)
    {
        var model = new TaskItem("x.yaml");
        model.SetMetadata("Model", name);
        model.SetMetadata("RequestFile", folder.File("request.json"));

        Assert.False(new WriteQuantRequest { BuildEngine = engine, Models = [model] }.Execute());
        Assert.Equal("QNT0934", Assert.Single(engine.Errors).Code);
        Assert.False(File.Exists(folder.File("request.json")));
    }

    [Fact]
    public void An_unchanged_request_keeps_its_time()
    {
        var model = Model("name: a");
        var write = new WriteQuantRequest { BuildEngine = engine, Models = [model] };
        Assert.True(write.Execute());
        var old = DateTime.UtcNow.AddHours(-1);
        File.SetLastWriteTimeUtc(folder.File("request.json"), old);

        Assert.True(write.Execute());
        Assert.Equal(old, File.GetLastWriteTimeUtc(folder.File("request.json")));

        model.SetMetadata("Set", "seed=1; gates.map_drop_max=0.02 ;");
        Assert.True(write.Execute());
        Assert.NotEqual(old, File.GetLastWriteTimeUtc(folder.File("request.json")));
        Assert.Contains("\"gates.map_drop_max=0.02\"", File.ReadAllText(folder.File("request.json")), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private T Prepare<T>(T task, string config)
        where T : PipelineTask
    {
        Assert.True(new WriteQuantRequest { BuildEngine = engine, Models = [Model(config)] }.Execute());
        task.BuildEngine = engine;
        task.Model = "a";
        task.RequestFile = folder.File("request.json");
        task.ResultFile = folder.File("result.json");
        task.WorkDirectory = folder.File("work");
        task.ProjectDirectory = folder.Path;
        task.ToolAssembly = Consumer.FakeWorker;
        return task;
    }

    private TaskItem Model(string config)
    {
        File.WriteAllText(folder.File("a b.yaml"), config);
        var model = new TaskItem(folder.File("a b.yaml"));
        model.SetMetadata("Model", "a");
        model.SetMetadata("RequestFile", folder.File("request.json"));
        model.SetMetadata("WorkDir", folder.File("work"));
        return model;
    }
}
