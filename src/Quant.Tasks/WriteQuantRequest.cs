using System.Text.Json;
using Microsoft.Build.Framework;

namespace Quant.Tasks;

/// <summary>
/// Writes one request file per model. A file whose content would be the same keeps its time, so that a changed property makes a
/// model stale and an unchanged one does not.
/// </summary>
public sealed class WriteQuantRequest : Microsoft.Build.Utilities.Task
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Configs with metadata Model, RequestFile, WorkDir, and Device and Set where given.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in Models)
        {
            var name = model.GetMetadata("Model");
            if (name.Length == 0 || name is "." or ".." || name.IndexOfAny([.. Path.GetInvalidFileNameChars(), ';', '%']) >= 0)
            {
                Error(model, $"the name '{name}' cannot be a folder; give QuantModel the metadata Name");
            }
            else if (!names.Add(name))
            {
                Error(model, $"two QuantModel items are named '{name}'; give one of them the metadata Name");
            }
            else
            {
                Write(model);
            }
        }

        return !Log.HasLoggedErrors;
    }

    private static void Write(ITaskItem model)
    {
        static string? Metadata(ITaskItem item, string name) => item.GetMetadata(name) is { Length: > 0 } value ? value : null;
        var set = model.GetMetadata("Set").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var request = new
        {
            Version = 1,
            Config = model.GetMetadata("FullPath"),
            WorkDir = Metadata(model, "WorkDir"),
            Device = Metadata(model, "Device"),
            Set = set,
        };
        var text = JsonSerializer.Serialize(request, Options) + "\n";
        var file = model.GetMetadata("RequestFile");
        if (!File.Exists(file) || File.ReadAllText(file) != text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    private void Error(ITaskItem model, string message) => Log.LogError(null, TaskCodes.QuantModelInvalid, null, model.ItemSpec, 0, 0, 0, 0, "{0}", message);
}
