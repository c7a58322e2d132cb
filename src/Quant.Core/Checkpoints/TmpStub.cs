#pragma warning disable
namespace Quant.Core.Checkpoints;
public sealed class CheckpointTensor { public IReadOnlyList<long> Shape; float[] v; public float[] ToFloat32() => v; public static CheckpointTensor FromFloat32(float[] values, params long[] shape) => new() { v = values, Shape = shape }; }
public sealed class StateDict(IEnumerable<KeyValuePair<string, CheckpointTensor>> items) { Dictionary<string, CheckpointTensor> d = items.ToDictionary(x=>x.Key,x=>x.Value); public bool TryGet(string k, out CheckpointTensor t) => d.TryGetValue(k, out t); public IEnumerable<string> Keys => d.Keys; }
