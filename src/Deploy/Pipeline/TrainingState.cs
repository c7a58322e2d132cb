using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Where a training stands after an epoch (state.json beside its weights and moments).</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Run">Digest of config, data and start weights: another run's state is refused.</param>
/// <param name="Start">mAP before the first step, when frames with labels are there.</param>
/// <param name="Best">Best mAP so far.</param>
/// <param name="Epochs">What each epoch gave.</param>
internal sealed record TrainingState(int Epoch, int Step, string Run, double? Start, double? Best, IReadOnlyList<TrainingEpoch> Epochs)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The folder of a training that writes <paramref name="output"/>.</summary>
    public static string FolderOf(string output) => $"{output}.state";

    /// <summary>Stores an epoch whole: the pointer moves last, and older epochs go after it.</summary>
    public void Save(string folder, StateDict weights, Action<string> writeMoments)
    {
        var name = $"epoch_{Epoch}";
        Directory.CreateDirectory(Path.Combine(folder, name));
        CheckpointWriter.Write(Path.Combine(folder, name, "weights.pth"), weights);
        AtomicFile.Write(Path.Combine(folder, name, "moments.bin"), writeMoments);
        JsonFile.Write(Path.Combine(folder, "state.json"), this);
        foreach (var older in Directory.GetDirectories(folder, "epoch_*").Where(path => Path.GetFileName(path) != name))
        {
            Directory.Delete(older, recursive: true);
        }
    }

    /// <summary>The stored state, or null when there is none.</summary>
    /// <exception cref="QuantException">QNT0322: it belongs to another run.</exception>
    public static TrainingState? Load(string folder, string run)
    {
        var file = Path.Combine(folder, "state.json");
        if (!File.Exists(file))
        {
            return null;
        }

        var state = JsonFile.Read<TrainingState>(file);
        return state.Run == run ? state : throw new QuantException(
            DiagnosticCodes.TrainingStateInvalid, "the stored training has another config, other data or other start weights; train without --resume, or remove the folder", new SourceLocation(file));
    }

    /// <summary>Weights of the stored epoch.</summary>
    public string WeightsFile(string folder) => Path.Combine(folder, $"epoch_{Epoch}", "weights.pth");

    /// <summary>Moments of the stored epoch.</summary>
    public string MomentsFile(string folder) => Path.Combine(folder, $"epoch_{Epoch}", "moments.bin");
}
