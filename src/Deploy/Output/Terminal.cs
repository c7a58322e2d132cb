using Spectre.Console;

namespace Deploy.Output;

/// <summary>Where people read: stderr, since stdout carries results alone.</summary>
public static class Terminal
{
    /// <summary>Columns of tables, whatever the window: a log is read elsewhere.</summary>
    public const int Columns = 80;

    /// <summary>A console over a writer.</summary>
    /// <param name="error">stderr, or what a test reads.</param>
    /// <param name="interactive">True on a terminal that may be redrawn and coloured; else nothing but text is written.</param>
    public static IAnsiConsole Create(TextWriter error, bool interactive) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = interactive ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = interactive ? InteractionSupport.Yes : InteractionSupport.No,
        Out = new AnsiConsoleOutput(error),
        // Else a CI system's variables would switch escape sequences on.
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });
}
