using Quant.Core.Diagnostics;

namespace Deploy.Configuration;

/// <summary>One <c>key: value</c> of a mapping.</summary>
/// <param name="Key">The key's text.</param>
/// <param name="KeyLocation">Where the key starts.</param>
/// <param name="Value">The value.</param>
public sealed record MapEntry(string Key, SourceLocation KeyLocation, ConfigNode Value);
