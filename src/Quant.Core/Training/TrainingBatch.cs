using Quant.Core.Models;

namespace Quant.Core.Training;

/// <summary>Frames that make one step.</summary>
/// <param name="Pillars">All frames, joined.</param>
/// <param name="Targets">By frame, then by task; null for unlabelled frames, which serve distillation only.</param>
public sealed record TrainingBatch(PillarBatch Pillars, IReadOnlyList<IReadOnlyList<TaskTarget>>? Targets);
