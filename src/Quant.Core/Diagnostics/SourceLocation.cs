namespace Quant.Core.Diagnostics;

/// <summary>A place in a file that the user wrote; line and column count from 1.</summary>
/// <param name="File">Path as the user would recognize it.</param>
/// <param name="Line">1-based line, or 0 when only the file is known.</param>
/// <param name="Column">1-based column, or 0 when only the file is known.</param>
public sealed record SourceLocation(string File, int Line = 0, int Column = 0)
{
    /// <summary>The form that MSBuild and editors understand: <c>file(line,col)</c>.</summary>
    public override string ToString() => Line > 0 ? $"{File}({Line},{Column})" : File;
}
