using Deploy.Sensitivity;
using Quant.Core.Diagnostics;
using Testing;

namespace Deploy.Tests.Sensitivity;

public sealed class SensitivityTableTests
{
    private static readonly SensitivityRow[] Rows =
    [
        new("a", "only", 0.1, 10, 1e-4, 100, null, null), new("b", "only", 0.4, 4, 2e-4, 200, 0.75, 0.5),
        new("a", "without", 0.3, 5, 1e-4, 100, null, null), new("b", "without", 0.2, 7, 1e-4, 200, null, null), new("*", "all", 0.5, 3, 3e-4, 0, null, null),
    ];

    [Fact]
    public void Shards_are_joined_and_ranked_by_what_they_say()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("0.csv"), SensitivityTable.Write(Rows.Where(row => row.Layer != "b")));
        File.WriteAllText(folder.File("1.csv"), SensitivityTable.Write(Rows.Where(row => row.Layer != "a")));

        var joined = SensitivityTable.Read([folder.File("1.csv"), folder.File("0.csv")]);

        Assert.Equal(["*", "b", "a", "b", "a"], joined.Select(row => row.Layer));
        Assert.Equal(Rows.OrderBy(row => row.Mse), joined.OrderBy(row => row.Mse));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("layer,view\n", "the first line must be")]
    [InlineData("layer,view,mse,sqnr,kl,macs,map,nds\na,only,x,1,1,1,,\n", "this is no row")]
    [InlineData("layer,view,mse,sqnr,kl,macs,map,nds\na,maybe,1,1,1,1,,\n", "this is no row")]
    [InlineData("layer,view,mse,sqnr,kl,macs,map,nds\na,only,1,1,1,1,,\na,only,1,1,1,1,,\n", "is there twice")]
    public void Anything_else_is_refused_with_its_line(string text, string message)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("x.csv"), text);

        var error = Assert.Throws<QuantException>(() => SensitivityTable.Read([folder.File("x.csv")]));

        Assert.Equal("QNT0340", error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
