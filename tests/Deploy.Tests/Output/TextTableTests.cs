using CsCheck;
using Deploy.Output;
using Xunit;

namespace Deploy.Tests.Output;

public sealed class TextTableTests
{
    [Fact]
    public void Columns_are_aligned_and_titles_stand_above()
    {
        Assert.Equal(["  layer    int8", "  a.b.c.d  yes", "  e        no: why"], TextTable.Lines(["layer", "int8"], [["a.b.c.d", "yes"], ["e", "no: why"]]));
    }

    [Fact]
    public void Without_titles_there_is_no_line_for_them() => Assert.Equal(["  a  b"], TextTable.Lines(["", ""], [["a", "b"]]));

    [Fact]
    public void A_long_last_cell_goes_on_below_itself()
    {
        var lines = TextTable.Lines(["", ""], [["pass", string.Join(' ', Enumerable.Repeat("word", 20))]]).ToList();

        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, Terminal.Columns));
        Assert.StartsWith("        word", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Text_with_brackets_is_text() => Assert.Equal(["  [red]a[/]  [0.1, 0.2]"], TextTable.Lines(["", ""], [["[red]a[/]", "[0.1, 0.2]"]]));

    [Fact]
    public void No_text_makes_a_line_longer_than_a_terminal() =>
        Gen.Select(Gen.String[Gen.Char['a', '~'], 0, 60], Gen.String[Gen.Char[' ', '~'], 0, 300]).Sample((name, text) =>
            TextTable.Lines(["name", "text"], [[name, text]]).All(line => line.Length <= Terminal.Columns), iter: 200);
}
