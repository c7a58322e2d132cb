using CsCheck;
using Deploy.Onboarding;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Onboarding;

public sealed class PythonConfigTests
{
    [Fact]
    public void Literals_dicts_and_earlier_names_are_read()
    {
        var config = PythonConfig.Read("""
            # a comment
            voxel = [0.24, .24, 8e0]   # another
            half = -1.2e2 / 2
            name = 'a' "b" + '''c
            d'''
            model = dict(size=voxel, flag=True, nothing=None, pair=(1, 2), one=(3), tuple=(3,), map={'x': 1, 2: [2 * 3 + 1]}, big=1_000,
                nested=dict(deep=dict(deeper=7)))
            """);

        Assert.Empty(config.LeftOut);
        Assert.Equal([0.24, 0.24, 8.0], Assert.IsType<List<object?>>(config.Find("model.size")).Cast<double>());
        Assert.Equal(-60.0, config.Find("half"));
        Assert.Equal("abc\nd", config.Find("name"));
        Assert.Equal(true, config.Find("model.flag"));
        Assert.Null(config.Find("model.nothing"));
        Assert.Equal([1.0, 2.0], Assert.IsType<List<object?>>(config.Find("model.pair")));
        Assert.Equal(3.0, config.Find("model.one"));
        Assert.Equal([3.0], Assert.IsType<List<object?>>(config.Find("model.tuple")));
        Assert.Equal([7.0], Assert.IsType<List<object?>>(config.Find("model.map.2")));
        Assert.Equal(1000.0, config.Find("model.big"));
        Assert.Equal(7.0, config.Find("model.nested.deep.deeper"));
        Assert.Null(config.Find("model.nested.other.deeper"));
    }

    [Theory]
    [InlineData("x = open('/etc/passwd')", "line 2: 'open(' is more than data")]
    [InlineData("import os", "line 2: 'import' is not followed by '='")]
    [InlineData("x = lambda: 1", "line 2: 'lambda' is not known")]
    [InlineData("x = [1, 2", "line 2: ']' is missing at the end of the text")]
    [InlineData("x = 'abc", "line 2: a text has no end")]
    [InlineData("x = os.environ", "line 2: 'os.' is more than data")]
    [InlineData("x = {[1]: 2}", "line 2: a key is neither text nor a number")]
    [InlineData("x = 1 / 0", "line 2: '/' joins values it cannot join")]
    public void What_is_no_data_is_left_out_with_its_line(string statement, string note)
    {
        var config = PythonConfig.Read($"before = 1\n{statement}\n");

        Assert.Contains(note, config.LeftOut);
        Assert.Equal(1.0, config.Find("before"));
        Assert.Null(config.Find("x"));
    }

    [Fact]
    public void After_a_statement_that_is_no_data_reading_goes_on()
    {
        var config = PythonConfig.Read("a = f(1,\n  [2,\n 3])\nb = 2\n");

        Assert.Single(config.LeftOut);
        Assert.Equal(2.0, config.Find("b"));
    }

    [Fact]
    public void Endless_nesting_and_growth_end_with_a_note()
    {
        Assert.Contains("nested more than", Assert.Single(PythonConfig.Read($"x = {new string('[', 100_000)}").LeftOut), StringComparison.Ordinal);
        var doubling = string.Join('\n', Enumerable.Range(0, 40).Select(index => index == 0 ? "a0 = [1, 2, 3, 4]" : $"a{index} = a{index - 1} + a{index - 1}"));
        Assert.Contains(PythonConfig.Read(doubling).LeftOut, note => note.Contains("grows too long", StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_beyond_the_limit_is_refused() =>
        Assert.Equal("QNT0220", Assert.Throws<QuantException>(() => PythonConfig.Read(new string('#', PythonConfig.MaximumLength + 1))).Code);

    [Fact]
    public void Any_text_is_read_or_left_out() =>
        Gen.String[Gen.Char["ab=()[]{},:'\"\\\n #0.1+-*/dict"], 0, 80].Sample(text => PythonConfig.Read(text) is not null, iter: 3000);

    [Fact]
    public void Any_damage_to_a_real_config_is_read_or_left_out()
    {
        var text = ConfigDraftTests.TrainingConfig;
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 200], Gen.Char["()[]{}',=\n\\\""]).Sample(
            (at, length, letter) => PythonConfig.Read(text[..at] + letter + text[Math.Min(text.Length, at + length)..]) is not null, iter: 300);
    }
}
