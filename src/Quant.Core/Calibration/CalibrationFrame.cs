using Quant.Core.Models;

namespace Quant.Core.Calibration;

/// <summary>A frame, or a joined batch of frames, with the name to use in messages.</summary>
public sealed record CalibrationFrame(string Name, PillarBatch Pillars);
