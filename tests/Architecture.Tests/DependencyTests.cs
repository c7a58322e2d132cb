using System.Reflection;
using NetArchTest.Rules;
using Quant.Core.Models;

namespace Architecture.Tests;

/// <summary>Data flows one way: a folder may use those before it, never the reverse.</summary>
public sealed class DependencyTests
{
    private static readonly Assembly Core = typeof(CenterPoint).Assembly;
    private static readonly Assembly Deploy = typeof(global::Deploy.Commands.DeployCommandLine).Assembly;

    private static readonly string[] CoreOrder = ["Diagnostics", "Native", "Checkpoints", "Models", "Fusion", "Quantization", "Training", "Calibration", "Export"];

    public static TheoryData<string, string> ForbiddenInCore()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var (index, folder) in CoreOrder.Index())
        {
            foreach (var later in CoreOrder.Skip(index + 1))
            {
                // The quantization section of the config holds its calibration section.
                if ((folder, later) != ("Quantization", "Calibration"))
                {
                    pairs.Add(folder, later);
                }
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(ForbiddenInCore))]
    public void A_core_folder_does_not_reach_forward(string folder, string later) =>
        AssertFree(Types.InAssembly(Core).That().ResideInNamespaceStartingWith($"Quant.Core.{folder}"), $"Quant.Core.{later}");

    [Theory]
    [InlineData("Checkpoints")]
    [InlineData("Diagnostics")]
    public void Files_are_read_without_libtorch(string folder) =>
        AssertFree(Types.InAssembly(Core).That().ResideInNamespaceStartingWith($"Quant.Core.{folder}"), "TorchSharp");

    [Theory]
    [InlineData("Configuration", "Engines", "Comparison", "Evaluation", "Gates", "Reporting", "Pipeline", "Commands")]
    [InlineData("Datasets", "Engines", "Comparison", "Evaluation", "Gates", "Reporting", "Pipeline", "Commands")]
    [InlineData("Engines", "Comparison", "Evaluation", "Gates", "Reporting", "Pipeline", "Commands")]
    [InlineData("Comparison", "Evaluation", "Gates", "Reporting", "Pipeline", "Commands")]
    [InlineData("Evaluation", "Engines", "Comparison", "Gates", "Reporting", "Pipeline", "Commands")]
    [InlineData("Gates", "Engines", "Comparison", "Reporting", "Pipeline", "Commands")]
    [InlineData("Reporting", "Engines", "Comparison", "Pipeline", "Commands")]
    [InlineData("Pipeline", "Commands")]
    public void A_step_of_deploy_knows_no_other_step(string folder, params string[] others) =>
        AssertFree(Types.InAssembly(Deploy).That().ResideInNamespaceStartingWith($"Deploy.{folder}"), [.. others.Select(other => $"Deploy.{other}")]);

    [Fact]
    public void The_core_has_no_console_process_or_environment() =>
        AssertFree(Types.InAssembly(Core), "System.Console", "System.Diagnostics.Process", "YamlDotNet", "Spectre");

    private static void AssertFree(PredicateList types, params string[] forbidden) => Report(types.ShouldNot().HaveDependencyOnAny(forbidden).GetResult());

    private static void AssertFree(Types types, params string[] forbidden) => Report(types.ShouldNot().HaveDependencyOnAny(forbidden).GetResult());

    private static void Report(NetArchTest.Rules.TestResult result) => Assert.Empty(result.FailingTypeNames ?? []);
}
