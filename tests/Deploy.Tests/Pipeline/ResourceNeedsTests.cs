using Deploy.Configuration;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Testing;
using Xunit;

namespace Deploy.Tests.Pipeline;

public sealed class ResourceNeedsTests
{
    [Fact]
    public void The_needs_grow_with_the_canvas_and_with_what_bias_correction_may_take()
    {
        var small = ConfigLoader.Load(DeployRunner.SampleConfig, []).Config;
        var large = ConfigLoader.Load(Path.Combine(Repository.Root, "deploy_configs", "awml_second_secfpn_121m_int8.yaml"), []).Config;
        var more = ConfigLoader.Load(DeployRunner.SampleConfig, ["quantization.bias_correction.memory_gb=6"]).Config;

        Assert.InRange(ResourceNeeds.Of(small, 0).MemoryBytes, 2L << 30, 4L << 30);
        Assert.InRange(ResourceNeeds.Of(large, 0).MemoryBytes, 3L << 30, 8L << 30);
        Assert.Equal(4L << 30, ResourceNeeds.Of(more, 0).MemoryBytes - ResourceNeeds.Of(small, 0).MemoryBytes);
        Assert.Equal(100_000_000, ResourceNeeds.Of(small, 10_000_000).DiskBytes - ResourceNeeds.Of(small, 0).DiskBytes);
    }

    [Fact]
    public void Doctor_holds_a_named_config_against_the_machine()
    {
        var result = DeployRunner.Run("doctor", "--config", DeployRunner.SampleConfig);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("needs about", result.Output, StringComparison.Ordinal);
    }
}
