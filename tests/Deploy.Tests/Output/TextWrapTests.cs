using CsCheck;
using Deploy.Output;
using Xunit;

namespace Deploy.Tests.Output;

public sealed class TextWrapTests
{
    private static readonly string Words = string.Join(' ', Enumerable.Repeat("word", 30));

    [Fact]
    public void What_fits_stays_one_line()
    {
        var full = new string('x', Terminal.Columns);

        Assert.Equal([""], TextWrap.Lines("", 4));
        Assert.Equal([full], TextWrap.Lines(full, 4));
        Assert.Equal([full, "    y"], TextWrap.Lines(full + "y", 4));
    }

    [Fact]
    public void Words_stay_whole_and_go_on_below_the_first()
    {
        var lines = TextWrap.Lines("name           " + Words, 15).ToList();

        // 65 columns hold 13 words with the spaces between.
        Assert.Equal(["name           " + Words[..64], new string(' ', 15) + Words[..64], new string(' ', 15) + "word word word word"], lines);
    }

    [Fact]
    public void A_space_behind_the_last_column_is_a_place_to_break()
    {
        var full = new string('x', Terminal.Columns);

        Assert.Equal([full, "  next"], TextWrap.Lines(full + " next", 2));
    }

    [Fact]
    public void A_path_breaks_behind_a_separator_and_not_before_its_name()
    {
        var path = "/" + string.Join('/', Enumerable.Repeat("folder", 15)) + "/file.pth";

        var lines = TextWrap.Lines($"trtexec        {path}", 15).ToList();

        Assert.All(lines.SkipLast(1), line => Assert.EndsWith("/", line, StringComparison.Ordinal));
        Assert.Equal(path, string.Concat(lines.Select(line => line[15..])));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(41)]
    public void An_indent_that_leaves_no_room_is_refused(int hanging) => Assert.Throws<ArgumentOutOfRangeException>(() => TextWrap.Lines("x", hanging).ToList());

    [Fact]
    public void No_line_is_too_long_and_nothing_is_lost() =>
        Gen.Select(Gen.String[Gen.Char[" ,/abcdefgh"], 0, 400], Gen.Int[0, 40]).Sample((text, hanging) =>
        {
            var lines = TextWrap.Lines(text, hanging).ToList();
            return lines.All(line => line.Length <= Terminal.Columns) && Squeezed(string.Concat(lines)) == Squeezed(text);
        }, iter: 500);

    private static string Squeezed(string text) => text.Replace(" ", "", StringComparison.Ordinal);
}
