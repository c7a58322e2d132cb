using System.Reflection;
using System.Text.RegularExpressions;
using Build.Runners;
using Build.Tests.Fakes;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Build.Tests;

/// <summary>The real tasks, with nothing started.</summary>
public sealed partial class TaskChainTests
{
    private static readonly string[] Chain =
    [
        "BuildCli", "LoadCheckpoint", "FuseBatchNorm", "InsertQdq", "Calibrate", "ExportOnnx", "CompareOnnx", "BuildEngine", "Evaluate", "Gate", "Report", "Int8Engine",
    ];

    private static readonly string[] Stages = ["load", "fuse", "insert", "correct", "export", "compare", "engine", "evaluate", "gate", "report"];

    private readonly TestBuild build = new();

    [Fact]
    public void The_tree_holds_the_chain_from_the_engine_down_to_the_checkpoint()
    {
        Assert.Equal(0, Run(new RecordingCommands(), "--target=Int8Engine", "--tree"));

        var lines = build.Console.Text.Split('\n').Select(line => line.TrimStart(' ', '│', '├', '└', '─').TrimEnd()).ToList();
        var start = lines.IndexOf("Int8Engine");
        Assert.Equal(Chain.Reverse(), lines.Skip(start).Take(Chain.Length));
    }

    [Fact]
    public void A_dry_run_lists_the_chain_in_order()
    {
        Assert.Equal(0, Run(new RecordingCommands(), "--target=Int8Engine", "--dryrun"));

        Assert.Equal(Chain, NumberedLine().Matches(build.Log.Text).Select(match => match.Groups["task"].Value));
    }

    [Fact]
    public void Each_task_of_the_chain_runs_its_own_stage_and_the_engine_adds_none()
    {
        var commands = new RecordingCommands();

        Assert.Equal(0, Run(commands, "--target=Int8Engine"));

        Assert.Equal("build", commands.Commands[0][0]);
        Assert.Equal(Stages.Select(stage => $"run --config deploy_configs/centerpoint_sim_int8.yaml --to {stage}"), commands.CliLines);
    }

    [Fact]
    public void The_engine_alone_is_one_run_of_all_stages()
    {
        var commands = new RecordingCommands();

        Assert.Equal(0, Run(commands, "--target=Int8Engine", "--exclusive", "--config=deploy_configs/y.yaml", "--set=a=b"));

        Assert.Equal(["run --config deploy_configs/y.yaml --to report --set a=b"], commands.CliLines);
    }

    [Fact]
    public void A_failed_gate_ends_with_its_exit_code_after_the_report()
    {
        var commands = new RecordingCommands(command => command.Contains("gate") || command.Contains("report") ? 1 : 0);

        Assert.Equal(1, Run(commands, "--target=Int8Engine"));

        Assert.EndsWith("--to report", commands.CliLines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_target_Gate_ends_at_a_failed_gate_at_once()
    {
        var commands = new RecordingCommands(command => command.Contains("gate") ? 1 : 0);

        Assert.Equal(1, Run(commands, "--target=Gate"));

        Assert.EndsWith("--to gate", commands.CliLines.Last(), StringComparison.Ordinal);
        Assert.DoesNotContain("report", build.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(130)]
    public void A_failed_stage_stops_the_chain_with_its_exit_code(int exitCode)
    {
        var commands = new RecordingCommands(command => command.Contains("correct") ? exitCode : 0);

        Assert.Equal(exitCode, Run(commands, "--target=Int8Engine"));

        Assert.EndsWith("--to correct", commands.CliLines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_argument_runs_nothing()
    {
        var commands = new RecordingCommands();

        Assert.Equal(2, Run(commands, "--target=Int8Engine", "--conifg=x.yaml"));

        Assert.Empty(commands.Commands);
        Assert.Contains("--conifg", build.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_task_has_a_name_without_the_suffix_and_a_description()
    {
        var tasks = typeof(BuildContext).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(IFrostingTask)) && !type.IsAbstract).ToList();

        Assert.Superset(Chain.Concat(["Fp16Engine", "Clean", "Build", "Test", "Format", "Pack", "Default"]).ToHashSet(), tasks.Select(NameOf).ToHashSet());
        Assert.All(tasks, task =>
        {
            Assert.Equal($"{NameOf(task)}Task", task.Name);
            Assert.NotEmpty(task.GetCustomAttribute<TaskDescriptionAttribute>()!.Description);
        });
    }

    private static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()!.Name;

    [GeneratedRegex(@"^\d+\. (?<task>\w+)$", RegexOptions.Multiline)]
    private static partial Regex NumberedLine();

    private int Run(RecordingCommands commands, params string[] arguments)
    {
        var host = BuildProgram.CreateHost().AddAssembly(typeof(BuildContext).Assembly);
        host.ConfigureServices(services => services.AddSingleton<ICommandRunner>(commands));
        return build.Run(host, arguments);
    }
}
