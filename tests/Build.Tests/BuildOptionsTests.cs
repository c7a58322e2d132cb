using Cake.Core;
using Xunit;

namespace Build.Tests;

public sealed class BuildOptionsTests
{
    [Fact]
    public void Without_arguments_the_sample_is_built_in_Release()
    {
        var options = Read();

        Assert.Equal("deploy_configs/centerpoint_sim_int8.yaml", options.Config);
        Assert.Equal("Release", options.Configuration);
        Assert.Empty(options.Overrides);
        Assert.Null(options.WorkDirectory);
        Assert.Null(options.Device);
    }

    [Fact]
    public void Every_argument_is_read_and_overrides_keep_their_order()
    {
        var options = Read(("config", "a b.yaml"), ("set", "x=1"), ("set", "y=\"a = b\""), ("set", "x="), ("work-dir", "w"), ("device", "cuda:1"), ("configuration", "Debug"));

        Assert.Equal("a b.yaml", options.Config);
        Assert.Equal(["x=1", "y=\"a = b\"", "x="], options.Overrides);
        Assert.Equal("w", options.WorkDirectory);
        Assert.Equal("cuda:1", options.Device);
        Assert.Equal("Debug", options.Configuration);
    }

    [Fact]
    public void Cakes_own_arguments_are_known() => Read(("target", "Gate"), ("exclusive", ""), ("verbosity", "quiet"));

    [Fact]
    public void All_mistakes_are_reported_at_once_as_bad_input()
    {
        var error = Assert.Throws<CakeException>(() => Read(("conifg", "x"), ("device", ""), ("work-dir", "a"), ("work-dir", "b"), ("set", "nokey"), ("set", "=1")));

        Assert.Equal(2, error.ExitCode);
        Assert.Equal(
            ["unknown argument '--conifg'", "'--work-dir' is given 2 times", "'--device' has no value", "'--set=nokey' is no key=value", "'--set==1' is no key=value"],
            error.Message.Split(Environment.NewLine).Select(line => line.Split(';', ',')[0]));
    }

    private static BuildOptions Read(params (string Name, string Value)[] arguments) =>
        BuildOptions.Read(new CakeArguments(arguments.ToLookup(pair => pair.Name, pair => pair.Value)));
}
