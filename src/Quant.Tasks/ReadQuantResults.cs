using System.Text.Json;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Quant.Tasks;

/// <summary>
/// Reads what an earlier build recorded of one step. A record that cannot be read, or whose files are gone, is deleted, so that its
/// step runs again.
/// </summary>
public sealed class ReadQuantResults : Microsoft.Build.Utilities.Task
{
    /// <summary>Configs with metadata Model, RecordFolder and WorkDir.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>The step, as its record file is named.</summary>
    [Required]
    public string Step { get; set; } = "";

    /// <summary>Files that the step's result depends on, each with the metadata Model.</summary>
    [Output]
    public ITaskItem[] Inputs { get; private set; } = [];

    /// <summary>Files that the step left, each with the metadata Model and WorkPath (relative to the work directory, forward slashes).</summary>
    [Output]
    public ITaskItem[] Outputs { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var (inputs, outputs) = (new List<ITaskItem>(), new List<ITaskItem>());
        foreach (var model in Models)
        {
            var (name, folder) = (model.GetMetadata("Model"), model.GetMetadata("WorkDir"));
            if (Read(Path.Combine(model.GetMetadata("RecordFolder"), Step + ".json")) is { } result)
            {
                inputs.AddRange(result.Inputs.Select(path => Item(path, name)));
                outputs.AddRange(result.Outputs.Select(path => Item(path, name, Path.GetRelativePath(folder, path).Replace('\\', '/'))));
            }
        }

        (Inputs, Outputs) = ([.. inputs], [.. outputs]);
        return true;
    }

    private WorkerResult? Read(string record)
    {
        if (!File.Exists(record))
        {
            return null;
        }

        try
        {
            var result = WorkerResult.Read(record);
            if (result.Outputs.FirstOrDefault(path => !File.Exists(path)) is not { } gone)
            {
                return result;
            }

            Log.LogMessage(MessageImportance.Normal, "{0} is gone, so {1} runs again", gone, Step);
        }
        catch (JsonException error)
        {
            Log.LogMessage(MessageImportance.Normal, "{0} cannot be read ({1}), so {2} runs again", record, error.Message, Step);
        }

        File.Delete(record);
        return null;
    }

    private static TaskItem Item(string path, string model, string? workPath = null)
    {
        var item = new TaskItem(path);
        item.SetMetadata("Model", model);
        if (workPath is not null)
        {
            item.SetMetadata("WorkPath", workPath);
        }

        return item;
    }
}
