namespace Deploy.Configuration.Binding;

/// <summary>Where values were written, and which keys could not be bound.</summary>
/// <param name="Failed">Dotted keys whose value is missing or wrong; the record holds a default there.</param>
/// <param name="Config">The bound record; required members that failed are null.</param>
internal sealed record BindResult(DeployConfig Config, IReadOnlySet<string> Failed);
