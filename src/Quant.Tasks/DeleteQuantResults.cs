using System.Text.Json;
using Microsoft.Build.Framework;

namespace Quant.Tasks;

/// <summary>
/// Cleans: deletes the files that the recorded steps left, the folders that become empty, and the reports copied elsewhere. Files of
/// others in a work directory that the project chose stay.
/// </summary>
public sealed class DeleteQuantResults : Microsoft.Build.Utilities.Task
{
    /// <summary>Configs with metadata Model, RecordFolder and WorkDir.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Where <see cref="CheckQuantGates"/> copied reports to, or empty.</summary>
    public string? ReportFolder { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        foreach (var model in Models)
        {
            var (records, work) = (model.GetMetadata("RecordFolder"), model.GetMetadata("WorkDir"));
            var left = Directory.Exists(records) ? Directory.EnumerateFiles(records, "*.json").SelectMany(Outputs) : [];
            Delete([.. left, Path.Combine(work, "deploy.log")], work);
            if (!string.IsNullOrEmpty(ReportFolder) && Directory.Exists(ReportFolder))
            {
                Delete([.. CheckQuantGates.ReportNames.Select(name => Path.Combine(ReportFolder, $"{model.GetMetadata("Model")}.{name}"))], ReportFolder);
            }
        }

        return !Log.HasLoggedErrors;
    }

    private static IReadOnlyList<string> Outputs(string record)
    {
        try
        {
            return WorkerResult.Read(record).Outputs;
        }
        catch (JsonException)
        {
            // The request lies here too, and names no files.
            return [];
        }
    }

    private static void Delete(IReadOnlyList<string> files, string root)
    {
        foreach (var file in files.Where(File.Exists))
        {
            File.Delete(file);
        }

        if (Directory.Exists(root))
        {
            // Deepest first, so that a parent is empty when its turn comes.
            foreach (var folder in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).OrderByDescending(path => path.Length).Append(root).ToList())
            {
                if (!Directory.EnumerateFileSystemEntries(folder).Any())
                {
                    Directory.Delete(folder);
                }
            }
        }
    }
}
