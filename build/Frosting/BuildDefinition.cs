using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting;

/// <summary>What the host was told: the services and the task classes.</summary>
internal sealed record BuildDefinition(IServiceCollection Services, IReadOnlyList<Type> Tasks);
