using Fuzz;
using Testing;

namespace Deploy.Tests.Fuzzing;

/// <summary>A few hundred mutated inputs per reader; tests/Fuzz/run-million is the long form.</summary>
public sealed class BoundedFuzzTests
{
    [Theory]
    [InlineData("pickle", 3000)]
    [InlineData("checkpoint", 1000)]
    [InlineData("info", 1000)]
    [InlineData("onnx", 1000)]
    [InlineData("points", 1000)]
    [InlineData("exports", 1000)]
    [InlineData("log", 500)]
    [InlineData("tables", 300)]
    [InlineData("config", 200)]
    public void A_reader_accepts_or_refuses_with_a_code_whatever_it_is_given(string reader, int count)
    {
        using var folder = new TempFolder();
        var target = FuzzTargets.All(folder.Path).Single(target => target.Name == reader);

        var result = FuzzRunner.Run(target, count, TimeSpan.FromMinutes(2), seed: 20_26);

        Assert.Empty(result.Faults);
        Assert.Equal(count, result.Inputs);
        Assert.True(result.Accepted >= 1, "no input was sound: the seeds are broken");
        Assert.All(result.Refused, code => Assert.StartsWith("QNT", code.Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("eats memory")]
    public void The_harness_notices_a_reader_that(string what)
    {
        var target = new FuzzTarget("bad", [[1, 2, 3]], [[4]], _ =>
        {
            if (what == "throws")
            {
                throw new InvalidOperationException(what);
            }

            GC.KeepAlive(new byte[FuzzRunner.AllowedBytes + 1]);
        });

        Assert.NotEmpty(FuzzRunner.Run(target, 2, TimeSpan.FromMinutes(1), seed: 1).Faults);
    }
}
