namespace Fuzz;

/// <summary>One reader under attack.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Seeds">Whole, sound inputs.</param>
/// <param name="Tokens">Words of the format's grammar, sound ones and hostile ones, that mutations put in.</param>
/// <param name="Read">Reads an input to its end; a refusal is a <see cref="Quant.Core.Diagnostics.QuantException"/>.</param>
public sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<byte[]> Tokens, Action<byte[]> Read);
